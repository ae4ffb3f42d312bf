import { bearer, fieldOf } from '../by-status.ts';
import type { Answer, Liveness, Verifier } from '../verifier.ts';

function read(answer: Answer): Liveness {
  if (answer.status === 401) return 'dead';
  const result = fieldOf(answer, 'result');
  const status = typeof result === 'object' && result !== null && 'status' in result ? result.status : undefined;
  if (status === 'active') return 'live';
  return status === 'disabled' || status === 'expired' ? 'dead' : 'unknown';
}

export const cloudflare: Verifier = {
  kind: 'cloudflare',
  detectors: ['cloudflare-api-token', 'cloudflare-user-token'],
  host: 'api.cloudflare.com',
  ask: (value) => ({ path: '/client/v4/user/tokens/verify', headers: bearer(value) }),
  read,
  source: 'https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/',
};
