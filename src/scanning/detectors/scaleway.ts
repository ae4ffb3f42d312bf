import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'Scaleway', family: 'clouds', source: 'https://www.scaleway.com/en/docs/iam/concepts/' } as const;

export const scaleway: readonly Detector[] = [
  keyed({
    ...of,
    id: 'scaleway-secret-key',
    title: 'Scaleway secret key',
    keywords: ['scaleway', 'scw_secret', 'scw_api'],
    value: uuid,
  }),
];
