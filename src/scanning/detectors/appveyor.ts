import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'AppVeyor', family: 'continuous-integration', source: 'https://www.appveyor.com/docs/api/' } as const;

export const appveyor: readonly Detector[] = [
  token({ ...of, id: 'appveyor-api-token', title: 'AppVeyor API token', prefix: 'v2.', body: chars('base36', 20) }),
];
