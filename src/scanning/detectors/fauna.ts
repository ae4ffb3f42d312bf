import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Fauna', family: 'databases', source: 'https://docs.fauna.com/' } as const;

export const fauna: readonly Detector[] = [
  token({
    ...of,
    id: 'fauna-secret',
    title: 'Fauna database secret',
    prefix: 'fnA',
    body: chars('base64url', 37),
    notAfter: 'A-Za-z0-9_-',
  }),
];
