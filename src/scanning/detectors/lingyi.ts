import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: '01.AI',
  family: 'ml-providers',
  source: 'https://platform.lingyiwanwu.com/docs (shape from practice, not published)',
} as const;

export const lingyi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lingyi-api-key',
    title: '01.AI (Yi) API key',
    keywords: ['lingyiwanwu', 'yi_api', '01ai', 'lingyi'],
    value: chars('hex', 32),
    seen: ['client = OpenAI(base_url="https://api.lingyiwanwu.com/v1", api_key="{}")'],
  }),
];
