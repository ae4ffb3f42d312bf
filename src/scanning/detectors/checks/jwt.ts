import type { Check } from '../../detector.ts';

type Claims = Readonly<Record<string, unknown>>;

function parsed(part: string | undefined): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Algorithm and expiry of a JSON Web Token (RFC 7519). Dates are no secret; no other claim's content is told. */
export function checkJwt(token: string): Check {
  const [header, payload] = token.split('.');
  const head = parsed(header);
  if (typeof head?.['alg'] !== 'string') return { ok: false, reason: 'its header is no JSON with an algorithm' };
  if (head['alg'].toLowerCase() === 'none') return { ok: false, reason: 'not signed (algorithm none)' };
  const claims = parsed(payload);
  if (claims === undefined) return { ok: false, reason: 'its payload is no JSON' };
  const { exp, role } = claims;
  if (role === 'anon') return { ok: false, reason: 'meant to be public (role anon)' };
  if (typeof exp === 'number' && exp * 1000 < Date.now()) return { ok: false, reason: `expired on ${dateOf(exp)}` };
  if (role === 'service_role') return { ok: true, reason: 'header and payload are JSON, role service_role' };
  const until = typeof exp === 'number' ? `valid until ${dateOf(exp)}` : 'never expires';
  return { ok: true, reason: `header and payload are JSON, ${until}` };
}

/** As in 2026-01-31; `exp` may be any number that a token claims. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'a date out of range' : date.toISOString().slice(0, 10);
}
