import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';

export const HASHING_ALGORITHM = 'rabbit_password_hashing_sha256';
const SALT_BYTES = 4;

const digests: ReadonlyMap<string, string> = new Map([
  [HASHING_ALGORITHM, 'sha256'],
  ['rabbit_password_hashing_sha512', 'sha512'],
]);

/** As RabbitMQ keeps it, so that the password itself does not travel. https://www.rabbitmq.com/docs/passwords */
export function passwordHash(password: Secret, random: Random): string {
  return hashed(password, random.bytes(SALT_BYTES), 'sha256').toString('base64');
}

/** Undefined for a hash that is not one of these. */
export function isPasswordOf(password: Secret, hash: string, algorithm: string): boolean | undefined {
  const digest = digests.get(algorithm);
  const known = Buffer.from(hash, 'base64');
  if (digest === undefined || known.length <= SALT_BYTES) return undefined;
  const made = hashed(password, known.subarray(0, SALT_BYTES), digest);
  return made.length === known.length && timingSafeEqual(made, known);
}

function hashed(password: Secret, salt: Uint8Array, digest: string): Buffer {
  return Buffer.concat([salt, createHash(digest).update(salt).update(password.bytes).digest()]);
}
