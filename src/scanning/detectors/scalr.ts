import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Scalr', family: 'infrastructure', source: 'https://docs.scalr.io/' } as const;

export const scalr: readonly Detector[] = [
  keyed({ ...of, id: 'scalr-api-token', title: 'Scalr API token', keywords: ['scalr'], value: chars('base64url', 70, 140) }),
];
