import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Lepton AI',
  family: 'ml-providers',
  source: 'https://www.lepton.ai/docs (shape from practice, not published)',
} as const;

export const lepton: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lepton-api-token',
    title: 'Lepton AI token',
    keywords: ['lepton'],
    value: chars('base62', 32),
    seen: ['LEPTON_API_TOKEN:{}'],
  }),
];
