import type { Check } from '../../detector.ts';

/** A name, a colon, a password: both of printable characters. */
export function checkBasic(value: string): Check {
  const ok = /^[\x20-\x39\x3b-\x7e\x80-\xff]{0,200}:[\x20-\x7e\x80-\xff]{1,2000}$/.test(
    Buffer.from(value, 'base64').toString('latin1'),
  );
  return { ok, reason: ok ? 'decodes to a user name and a password' : 'does not decode to a user name and a password' };
}
