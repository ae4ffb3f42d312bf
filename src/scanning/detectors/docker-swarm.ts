import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Docker Swarm',
  family: 'infrastructure',
  source: 'https://docs.docker.com/engine/swarm/join-nodes/',
} as const;

export const dockerSwarm: readonly Detector[] = [
  token({
    ...of,
    id: 'docker-swarm-join-token',
    title: 'Docker Swarm join token',
    prefix: 'SWMTKN-1-',
    body: seq(chars('base36', 50), '-', chars('base36', 25)),
  }),
  token({
    ...of,
    id: 'docker-swarm-unlock-key',
    title: 'Docker Swarm unlock key',
    prefix: 'SWMKEY-1-',
    body: chars('base64', 43),
    notAfter: 'A-Za-z0-9+/',
  }),
];
