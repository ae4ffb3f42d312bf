import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Hasura', family: 'services', source: 'https://hasura.io/docs/' } as const;

export const hasura: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hasura-admin-secret',
    title: 'Hasura admin secret',
    keywords: ['hasura'],
    value: chars('base64url', 32, 64),
  }),
];
