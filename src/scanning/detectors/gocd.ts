import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'GoCD', family: 'continuous-integration', source: 'https://api.gocd.org/' } as const;

export const gocd: readonly Detector[] = [
  keyed({ ...of, id: 'gocd-access-token', title: 'GoCD access token', keywords: ['gocd'], value: chars('hex', 40) }),
];
