import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'OneLogin',
  family: 'services',
  source: 'https://developers.onelogin.com/api-docs/2/getting-started/working-with-api-credentials',
} as const;

export const onelogin: readonly Detector[] = [
  keyed({
    ...of,
    id: 'onelogin-client-secret',
    title: 'OneLogin client secret',
    keywords: ['onelogin'],
    value: chars('hex', 64),
  }),
];
