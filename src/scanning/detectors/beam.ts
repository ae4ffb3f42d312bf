import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Beam',
  family: 'ml-tooling',
  source: 'https://docs.beam.cloud/ (shape from practice, not published)',
} as const;

export const beam: readonly Detector[] = [
  keyed({
    ...of,
    id: 'beam-cloud-token',
    title: 'Beam token',
    keywords: ['beam_token', 'beam_cloud', 'beam.cloud', 'beam_api', 'beam_client'],
    value: chars('base64url', 40, 100),
    seen: ['BEAM_TOKEN={}'],
  }),
];
