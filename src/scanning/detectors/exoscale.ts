import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Exoscale', family: 'clouds', source: 'https://community.exoscale.com/product/iam/' } as const;

export const exoscale: readonly Detector[] = [
  keyed({
    ...of,
    id: 'exoscale-api-secret',
    title: 'Exoscale API secret',
    keywords: ['exoscale'],
    value: chars('base64url', 40, 43),
  }),
];
