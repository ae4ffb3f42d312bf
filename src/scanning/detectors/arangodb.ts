import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'ArangoDB', family: 'databases', source: 'https://docs.arangodb.com/' } as const;

export const arangodb: readonly Detector[] = [
  keyed({
    ...of,
    id: 'arangodb-api-key-secret',
    title: 'ArangoDB API key secret',
    keywords: ['arango', 'oasis_api'],
    value: chars('base36', 32, 64),
  }),
];
