import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../../foundation/secret.ts';

const derive = promisify(pbkdf2);
/** As PostgreSQL's own default; RFC 7677 asks for no less. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803): it can check the password with it, and nobody can log in with it. So the password
 * itself never goes to the server, whose log would show it.
 * @param password printable ASCII, so that SASLprep changes nothing
 * @param salt 16 random bytes
 */
export async function scramVerifier(password: Secret, salt: Uint8Array): Promise<string> {
  const salted = await derive(password.bytes, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const server = hmac('Server Key').toString('base64');
  salted.fill(0);
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`;
}
