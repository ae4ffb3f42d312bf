import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Duo', family: 'services', source: 'https://duo.com/docs/authapi' } as const;

export const duo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'duo-secret-key',
    title: 'Duo secret key',
    keywords: ['duo_secret', 'duo_skey', 'duo_api', 'duo_integration', 'skey'],
    value: chars('base62', 40),
  }),
];
