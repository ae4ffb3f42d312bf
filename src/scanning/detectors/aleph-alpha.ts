import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Aleph Alpha',
  family: 'ml-providers',
  source: 'https://docs.aleph-alpha.com/ (shape from practice, not published)',
} as const;

export const alephAlpha: readonly Detector[] = [
  keyed({
    ...of,
    id: 'aleph-alpha-token',
    title: 'Aleph Alpha token',
    keywords: ['aleph_alpha', 'alephalpha', 'aa_token'],
    value: chars('base64url', 32, 64),
    seen: ['client = Client(token="x")\nALEPH_ALPHA_API_KEY="{}"'],
  }),
];
