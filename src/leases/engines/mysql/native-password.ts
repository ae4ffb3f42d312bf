import { createHash } from 'node:crypto';
import type { Secret } from '../../../foundation/secret.ts';

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

/**
 * What the server keeps of a password for `mysql_native_password`: it can check the password with it, and nobody logs in with it. So
 * the password itself stands in none of the server's logs. https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/
 */
export function nativePasswordHash(password: Secret): string {
  return `*${sha1(sha1(password.bytes)).toString('hex').toUpperCase()}`;
}
