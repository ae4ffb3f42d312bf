import type { Platform } from './platform.ts';

/** Any issuer of JWTs: what its claims mean is for the role to say. */
export const genericPlatform: Platform = {
  kind: 'generic',
  summary: 'any issuer of JWTs; the role says what the claims mean',
  runs: 'outside',
  algorithms: ['RS256', 'ES256', 'ES384', 'EdDSA', 'PS256'],
  subject: ['sub'],
  displayName: 'sub',
  claims: { sub: 'sub' },
  required: ['sub'],
  userControlled: [],
  examples: {
    issuer: 'https://issuer.example',
    accepted: { sub: 'service/trainer' },
    subject: 'https://issuer.example#service/trainer',
    refused: [{ why: 'nobody in particular', change: { sub: undefined }, reason: 'jwt.claims-missing' }],
  },
};
