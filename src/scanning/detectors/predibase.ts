import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Predibase',
  family: 'ml-providers',
  source: 'https://docs.predibase.com/ (shape from practice, not published)',
} as const;

export const predibase: readonly Detector[] = [
  keyed({
    ...of,
    id: 'predibase-api-token',
    title: 'Predibase API token',
    keywords: ['predibase'],
    value: seq('pb_', chars('base64url', 22)),
    seen: ['pb = Predibase(api_token="{}")'],
  }),
];
