import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'env0', family: 'infrastructure', source: 'https://docs.envzero.com/' } as const;

export const env0: readonly Detector[] = [
  keyed({ ...of, id: 'env0-api-secret', title: 'env0 API secret', keywords: ['env0'], value: chars('base64url', 32) }),
];
