import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Elastic', family: 'databases', source: 'https://www.elastic.co/docs/deploy-manage/api-keys' } as const;

export const elastic: readonly Detector[] = [
  token({
    ...of,
    id: 'elastic-cloud-api-key',
    title: 'Elastic Elastic Cloud API key',
    prefix: 'essu_',
    body: seq(chars('base64', 60, 200), optional('==')),
    notAfter: 'A-Za-z0-9+/',
  }),
  keyed({
    ...of,
    id: 'elastic-api-key',
    title: 'Elastic Elasticsearch API key',
    keywords: ['elastic', 'elasticsearch', 'es_api'],
    value: seq(chars('base64url', 56, 62), optional('==')),
  }),
];
