import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Akeyless', family: 'infrastructure', source: 'https://docs.akeyless.io/docs/api-key' } as const;

export const akeyless: readonly Detector[] = [
  keyed({
    ...of,
    id: 'akeyless-access-key',
    title: 'Akeyless access key',
    keywords: ['akeyless'],
    value: seq(chars('base64', 43), '='),
  }),
];
