import type { Detector } from '../detector.ts';
import { chars, either, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Sourcegraph',
  family: 'ml-tooling',
  source: 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token',
} as const;

export const sourcegraph: readonly Detector[] = [
  token({
    ...of,
    id: 'sourcegraph-access-token',
    title: 'Sourcegraph access token',
    prefix: 'sgp_',
    body: seq(optional(seq(either(chars('hex', 16), 'local'), '_')), chars('hex', 40)),
    seen: ['SRC_ACCESS_TOKEN={}'],
  }),
  token({
    ...of,
    id: 'sourcegraph-dotcom-token',
    title: 'Sourcegraph.com user gateway token',
    prefix: 'sgd_',
    body: chars('hex', 64),
    confidence: 'medium',
    seen: ['"cody.gateway.token": "{}"'],
  }),
  token({
    ...of,
    id: 'sourcegraph-license-key',
    title: 'Cody Gateway license token',
    prefix: 'slk_',
    body: chars('hex', 64),
    confidence: 'medium',
    seen: ['SRC_TOKEN={}'],
  }),
];
