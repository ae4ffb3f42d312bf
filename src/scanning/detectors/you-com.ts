import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq, uuid } from './shape.ts';

const of = {
  provider: 'You.com',
  family: 'ml-providers',
  source: 'https://documentation.you.com/ (shape from practice, not published)',
} as const;

export const youCom: readonly Detector[] = [
  keyed({
    ...of,
    id: 'you-com-api-key',
    title: 'You.com API key',
    keywords: ['ydc_api', 'ydc_index', 'you_api_key', 'api.ydc', 'you.com'],
    value: either(
      seq('ydc-sk-', chars('hex', 16), '-', chars('base64url', 40, 70)),
      seq(uuid, '<__>', chars('base64url', 30, 60)),
    ),
    seen: ['YDC_API_KEY={}'],
  }),
];
