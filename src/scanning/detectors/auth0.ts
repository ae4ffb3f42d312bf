import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Auth0', family: 'services', source: 'https://auth0.com/docs/get-started/applications/' } as const;

export const auth0: readonly Detector[] = [
  keyed({ ...of, id: 'auth0-client-secret', title: 'Auth0 client secret', keywords: ['auth0'], value: chars('base64url', 64) }),
];
