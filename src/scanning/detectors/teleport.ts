import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Teleport', family: 'infrastructure', source: 'https://goteleport.com/docs/' } as const;

export const teleport: readonly Detector[] = [
  keyed({ ...of, id: 'teleport-join-token', title: 'Teleport join token', keywords: ['teleport'], value: chars('hex', 32) }),
];
