import type { Check, Detector } from '../detector.ts';
import { checkBase64Json } from './checks/base64-json.ts';
import { chars, either, optional, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Neptune',
  family: 'ml-tooling',
  source: 'https://docs.neptune.ai/ (shape from practice, not published)',
} as const;

const body = sampled(seq(chars('base64', 60, 400), optional(either('=', '=='))), (make) => {
  const token = `{"api_address":"https://app.neptune.ai","api_url":"https://app.neptune.ai","api_key":"${make.uuid()}"}`;
  return Buffer.from(token).toString('base64').slice('eyJhcGlf'.length);
});

const checkToken = (value: string): Check => checkBase64Json(value, ['api_address', 'api_key']);

/** Base64 of JSON with the address of the server and a key. */
export const neptune: readonly Detector[] = [
  token({
    ...of,
    id: 'neptune-api-token',
    title: 'Neptune API token',
    prefix: 'eyJhcGlf',
    body,
    notAfter: 'A-Za-z0-9+/_=-',
    check: checkToken,
    seen: ['run = neptune.init_run(project="a/b", api_token="{}")', 'NEPTUNE_API_TOKEN="{}"'],
  }),
];
