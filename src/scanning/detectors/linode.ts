import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Linode',
  family: 'clouds',
  source: 'https://techdocs.akamai.com/linode-api/reference/get-started',
} as const;

export const linode: readonly Detector[] = [
  keyed({ ...of, id: 'linode-api-token', title: 'Linode API token', keywords: ['linode'], value: chars('hex', 64) }),
];
