import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Drone', family: 'continuous-integration', source: 'https://docs.drone.io/' } as const;

export const droneCi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'drone-ci-access-token',
    title: 'Drone access token',
    keywords: ['drone_rpc', 'drone', 'droneci', 'drone_ci'],
    value: chars('base62', 32),
  }),
];
