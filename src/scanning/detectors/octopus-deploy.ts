import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Octopus Deploy',
  family: 'continuous-integration',
  source: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
} as const;

export const octopusDeploy: readonly Detector[] = [
  keyed({
    ...of,
    id: 'octopus-deploy-api-key',
    title: 'Octopus Deploy API key',
    keywords: ['octopus', 'octo'],
    value: seq('API-', chars('upperBase36', 26)),
  }),
];
