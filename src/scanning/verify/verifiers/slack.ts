import { bearer, fieldOf } from '../by-status.ts';
import type { Answer, Liveness, Verifier } from '../verifier.ts';

const REFUSED = ['invalid_auth', 'account_inactive', 'token_revoked', 'token_expired'];

/** Slack answers 200 to everything; the body says. */
function read(answer: Answer): Liveness {
  if (fieldOf(answer, 'ok') === true) return 'live';
  return REFUSED.includes(String(fieldOf(answer, 'error'))) ? 'dead' : 'unknown';
}

export const slack: Verifier = {
  kind: 'slack',
  detectors: ['slack-bot-token', 'slack-user-token'],
  host: 'slack.com',
  ask: (value) => ({ path: '/api/auth.test', headers: bearer(value), body: '' }),
  read,
  source: 'https://docs.slack.dev/reference/methods/auth.test',
};
