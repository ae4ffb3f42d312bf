import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Cloudsmith', family: 'registries', source: 'https://help.cloudsmith.io/docs/api-key' } as const;

export const cloudsmith: readonly Detector[] = [
  token({
    ...of,
    id: 'cloudsmith-api-key',
    title: 'Cloudsmith API key',
    prefix: 'csa_',
    body: seq(chars('hex', 30), chars('base62', 6)),
  }),
  keyed({
    ...of,
    id: 'cloudsmith-legacy-api-key',
    title: 'Cloudsmith API key (legacy)',
    keywords: ['cloudsmith'],
    value: chars('hex', 40),
  }),
];
