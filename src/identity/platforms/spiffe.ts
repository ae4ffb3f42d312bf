import { refusedLogin } from '../login-refusal.ts';
import type { Platform } from './platform.ts';
import { requiredText } from './platform-identity.ts';
import { parseSpiffeId } from './spiffe-id.ts';

/** Workloads of a SPIFFE trust domain, by JWT-SVID. The trust bundle's keys are what says whose token it is. */
export const spiffePlatform: Platform = {
  kind: 'spiffe',
  summary: 'workloads of a SPIFFE trust domain, by JWT-SVID and trust bundle',
  runs: 'inside',
  withoutIssuer: true,
  withoutIssueTime: true,
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  types: ['', 'jwt', 'jose'],
  subject: ['sub'],
  displayName: 'sub',
  claims: { spiffe_id: 'sub' },
  derived: { trust_domain: 'trust domain of the SPIFFE id', spiffe_path: 'its path, with the slash' },
  required: ['sub'],
  userControlled: [],
  interpret(claims, { trustDomain }) {
    const id = requiredText(claims, 'sub');
    const parsed = parseSpiffeId(id);
    if (parsed === undefined || parsed.trustDomain !== trustDomain) throw refusedLogin('platform.trust-domain');
    return { claims: { trust_domain: parsed.trustDomain, spiffe_path: parsed.path } };
  },
  examples: {
    accepted: { sub: 'spiffe://prod.acme.example/ns/research/sa/trainer' },
    subject: 'spiffe://prod.acme.example/ns/research/sa/trainer',
    refused: [
      { why: 'another trust domain', change: { sub: 'spiffe://dev.acme.example/ns/x' }, reason: 'platform.trust-domain' },
      {
        why: 'a longer trust domain',
        change: { sub: 'spiffe://prod.acme.example.evil.test/x' },
        reason: 'platform.trust-domain',
      },
      { why: 'a path that climbs', change: { sub: 'spiffe://prod.acme.example/a/../b' }, reason: 'platform.trust-domain' },
      { why: 'the trust domain itself', change: { sub: 'spiffe://prod.acme.example' }, reason: 'platform.trust-domain' },
      { why: 'a trust domain with a port', change: { sub: 'spiffe://prod.acme.example:1/x' }, reason: 'platform.trust-domain' },
    ],
  },
};
