import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Volcengine Ark',
  family: 'ml-providers',
  source: 'https://www.volcengine.com/docs/82379 (shape from practice, not published)',
} as const;

export const volcengineArk: readonly Detector[] = [
  keyed({
    ...of,
    id: 'volcengine-ark-api-key',
    title: 'Volcengine Ark (Doubao) API key',
    keywords: ['ark_api', 'volcengine', 'volces', 'doubao', 'ark_key'],
    value: uuid,
    seen: ['client = Ark(base_url="https://ark.cn-beijing.volces.com/api/v3", api_key="{}")', 'ARK_API_KEY={}'],
  }),
];
