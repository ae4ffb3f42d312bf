import { encodeBase64, hash } from 'bcryptjs';
import type { Random } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';

/**
 * Cost slows those down who guess. Nobody guesses 142 random bits, and the server checks a password again after every change of any
 * user: with its own cost, twelve, for a third of a second each.
 */
const COST = 4;
const SALT_BYTES = 16;
/** bcrypt reads no further. */
const LONGEST = 72;

/** For the plugin, so that the password itself does not travel. */
export async function passwordHash(password: Secret, random: Random): Promise<string> {
  if (password.length > LONGEST) throw new RangeError(`bcrypt takes up to ${LONGEST} bytes`);
  const salt = encodeBase64(random.bytes(SALT_BYTES), SALT_BYTES);
  return await hash(password.text, `$2y$${String(COST).padStart(2, '0')}$${salt}`);
}
