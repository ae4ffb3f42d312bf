import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Clojars',
  family: 'registries',
  source: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
} as const;

export const clojars: readonly Detector[] = [
  token({ ...of, id: 'clojars-deploy-token', title: 'Clojars deploy token', prefix: 'CLOJARS_', body: chars('hex', 60) }),
];
