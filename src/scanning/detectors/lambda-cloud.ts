import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Lambda',
  family: 'ml-tooling',
  source: 'https://docs.lambda.ai/ (shape from practice, not published)',
} as const;

export const lambdaCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'lambda-cloud-api-key',
    title: 'Lambda Cloud API key',
    prefix: 'secret_',
    body: seq(chars('base64url', 1, 40), '_', chars('hex', 32), '.', chars('base62', 16, 48)),
    seen: ['LAMBDA_API_KEY={}', 'curl -u {}: https://cloud.lambdalabs.com/api/v1/instance-types'],
  }),
];
