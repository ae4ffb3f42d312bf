import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Baseten',
  family: 'ml-tooling',
  source: 'https://docs.baseten.co/ (shape from practice, not published)',
} as const;

export const baseten: readonly Detector[] = [
  keyed({
    ...of,
    id: 'baseten-api-key',
    title: 'Baseten API key',
    keywords: ['baseten', 'truss'],
    value: seq(chars('base62', 8), '.', chars('base62', 32)),
    seen: [
      'baseten.login("{}")',
      'curl https://model-x.api.baseten.co/production/predict -H "Authorization: Api-Key {}"',
      '[baseten]\nremote_provider = baseten\napi_key = {}\n',
    ],
  }),
];
