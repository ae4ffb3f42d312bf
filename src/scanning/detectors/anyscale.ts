import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Anyscale',
  family: 'ml-tooling',
  source: 'https://docs.anyscale.com/ (shape from practice, not published)',
} as const;

export const anyscale: readonly Detector[] = [
  token({
    ...of,
    id: 'anyscale-endpoints-key',
    title: 'Anyscale Endpoints key',
    prefix: 'esecret_',
    body: chars('base62', 24, 64),
    seen: ['client = OpenAI(base_url="https://api.endpoints.anyscale.com/v1", api_key="{}")'],
  }),
  token({
    ...of,
    id: 'anyscale-cli-token',
    title: 'Anyscale CLI token',
    prefix: 'aph0_',
    body: chars('base64url', 30, 128),
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['ANYSCALE_CLI_TOKEN={}'],
  }),
];
