import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq, uuid } from './shape.ts';

const of = {
  provider: 'Arize',
  family: 'ml-tooling',
  source: 'https://arize.com/docs/ (shape from practice, not published)',
} as const;

export const arize: readonly Detector[] = [
  keyed({
    ...of,
    id: 'arize-api-key',
    title: 'Arize API key',
    keywords: ['arize'],
    value: either(seq('ak-', uuid, '-', chars('base64url', 20, 40)), chars('hex', 19, 40)),
    seen: ['arize_client = Client(space_id="x", api_key="{}")'],
  }),
  keyed({
    ...of,
    id: 'phoenix-api-key',
    title: 'Arize Phoenix API key',
    keywords: ['phoenix'],
    value: seq(chars('hex', 16, 24), ':', chars('hex', 7, 12)),
    seen: ['PHOENIX_API_KEY={}', 'PHOENIX_CLIENT_HEADERS="api_key={}"'],
  }),
];
