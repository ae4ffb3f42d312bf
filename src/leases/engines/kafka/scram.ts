import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';

const derive = promisify(pbkdf2);

export type Mechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** As Kafka numbers them. */
export const mechanismCodes: Readonly<Record<Mechanism, number>> = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 };

export const everyMechanism: readonly Mechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

const digests = {
  'SCRAM-SHA-256': { digest: 'sha256', size: 32 },
  'SCRAM-SHA-512': { digest: 'sha512', size: 64 },
} as const;

/** The fewest that Kafka takes (KIP-554); our passwords have 142 bits, which no iteration adds to. */
const ITERATIONS = 4096;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
/** More would only keep us busy. */
const MOST_ITERATIONS = 262_144;

/** What Kafka is told instead of a password. Who has it can log in, so it is zeroed once it was sent. */
export interface SaltedPassword {
  readonly mechanism: Mechanism;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly salted: Buffer;
}

export async function saltedPassword(password: Secret, mechanism: Mechanism, random: Random): Promise<SaltedPassword> {
  const salt = random.bytes(SALT_BYTES);
  return { mechanism, iterations: ITERATIONS, salt, salted: await salting(password, mechanism, salt, ITERATIONS) };
}

async function salting(password: Secret, mechanism: Mechanism, salt: Uint8Array, iterations: number): Promise<Buffer> {
  const { digest, size } = digests[mechanism];
  return await derive(password.bytes, salt, iterations, size, digest);
}

export interface ScramAccount {
  readonly username: string;
  readonly password: Secret;
  readonly mechanism: Mechanism;
}

/**
 * Proves to each other that both know the password (RFC 5802), which stays here. Kafka takes its UTF-8 as it is, without SASLprep.
 * @param exchange sends, and gives what was answered
 * @throws TargetError `refused` where the other side does not know it
 */
export async function scram(
  { username, password, mechanism }: ScramAccount,
  random: Random,
  exchange: (bytes: Buffer) => Promise<Buffer>,
): Promise<void> {
  const nonce = random.bytes(NONCE_BYTES).toString('base64');
  const first = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  const answer = (await exchange(Buffer.from(`n,,${first}`))).toString();
  const { salt, iterations, both } = challenge(answer, nonce);
  const salted = await salting(password, mechanism, salt, iterations);
  const { digest } = digests[mechanism];
  const hmac = (key: Buffer, text: string) => createHmac(digest, key).update(text).digest();
  const [clientKey, serverKey] = [hmac(salted, 'Client Key'), hmac(salted, 'Server Key')];
  const last = `c=${Buffer.from('n,,').toString('base64')},r=${both}`;
  const whole = `${first},${answer},${last}`;
  const signature = hmac(createHash(digest).update(clientKey).digest(), whole);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
  const expected = hmac(serverKey, whole);
  for (const key of [salted, clientKey, serverKey]) key.fill(0);
  const said = /^v=([A-Za-z0-9+/=]+)$/.exec((await exchange(Buffer.from(`${last},p=${proof}`))).toString())?.[1] ?? '';
  const shown = Buffer.from(said, 'base64');
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
    throw new TargetError('refused', 'the broker does not know the password that it asks for: it is another server');
  }
}

function challenge(answer: string, nonce: string) {
  const parts = /^r=([!-+\--~]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d{0,8})$/.exec(answer);
  const [, both = '', salt = '', count = ''] = parts ?? [];
  const iterations = Number(count);
  if (!both.startsWith(nonce) || both.length === nonce.length) throw new TargetError('refused', 'the broker speaks no SCRAM');
  if (iterations < ITERATIONS || iterations > MOST_ITERATIONS) {
    throw new TargetError(
      'refused',
      `the broker asks for ${iterations} iterations of the password, which is too few or too many`,
    );
  }
  return { both, iterations, salt: Buffer.from(salt, 'base64') };
}
