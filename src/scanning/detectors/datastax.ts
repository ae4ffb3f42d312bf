import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'DataStax',
  family: 'databases',
  source: 'https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html',
} as const;

export const datastax: readonly Detector[] = [
  token({
    ...of,
    id: 'datastax-astra-token',
    title: 'DataStax Astra application token',
    prefix: 'AstraCS:',
    body: seq(chars('base62', 24), ':', chars('hex', 64)),
  }),
];
