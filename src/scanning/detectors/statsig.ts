import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Statsig', family: 'services', source: 'https://docs.statsig.com/' } as const;

export const statsig: readonly Detector[] = [
  token({ ...of, id: 'statsig-server-key', title: 'Statsig server secret key', prefix: 'secret-', body: chars('base62', 43) }),
  token({ ...of, id: 'statsig-console-key', title: 'Statsig console API key', prefix: 'console-', body: chars('base62', 43) }),
];
