import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Neo4j Aura',
  family: 'databases',
  source: 'https://neo4j.com/docs/aura/classic/platform/api/authentication/',
} as const;

export const neo4jAura: readonly Detector[] = [
  keyed({
    ...of,
    id: 'neo4j-aura-client-secret',
    title: 'Neo4j Aura password or client secret',
    keywords: ['neo4j', 'aura_client', 'aura_api'],
    value: chars('base64url', 43, 64),
  }),
];
