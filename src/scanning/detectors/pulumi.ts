import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Pulumi',
  family: 'infrastructure',
  source: 'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
} as const;

export const pulumi: readonly Detector[] = [
  token({ ...of, id: 'pulumi-access-token', title: 'Pulumi access token', prefix: 'pul-', body: chars('hex', 40) }),
];
