import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Secret } from '../../../foundation/secret.ts';
import { unavailableLogin } from '../../login-refusal.ts';

/** What a password is kept as. */
export interface PasswordHash {
  /** Cost parameters of scrypt (RFC 7914): 2^`cost` blocks of `r` × 128 bytes. */
  readonly cost: number;
  readonly r: number;
  readonly p: number;
  /** Base64. */
  readonly salt: string;
  readonly hash: Secret;
}

/** 32 MiB and about a tenth of a second for each guess. */
const current = { cost: 15, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes 32 MiB and a thread. */
const AT_ONCE = 2;
const WAITING = 64;

/** Hashes passwords, few at a time: whoever sends many cannot take all memory and threads. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** A hash that no password has: guesses at users who do not exist take as long as others. */
  readonly #nobody: PasswordHash = {
    ...current,
    salt: randomBytes(SALT_BYTES).toString('base64'),
    hash: Secret.own(randomBytes(HASH_BYTES)),
  };

  /** @throws WatchwordError `login.unavailable` */
  async hash(password: Secret): Promise<PasswordHash> {
    const salt = randomBytes(SALT_BYTES).toString('base64');
    return { ...current, salt, hash: await this.#scrypt(password, { ...current, salt }) };
  }

  /** The same work whatever the answer, and whether or not there is a user. @throws WatchwordError `login.unavailable` */
  async isRight(password: Secret, known: PasswordHash | undefined): Promise<boolean> {
    const expected = known ?? this.#nobody;
    using actual = await this.#scrypt(password, expected);
    return timingSafeEqual(actual.bytes, expected.hash.bytes) && known !== undefined;
  }

  async #scrypt(password: Secret, { cost, r, p, salt }: Omit<PasswordHash, 'hash'>): Promise<Secret> {
    await this.#turn();
    try {
      const options = { cost: 2 ** cost, blockSize: r, parallelization: p, maxmem: 2 ** cost * r * 256 };
      return await new Promise<Secret>((resolve, reject) => {
        scrypt(password.bytes, Buffer.from(salt, 'base64'), HASH_BYTES, options, (error, hash) => {
          if (error === null) resolve(Secret.own(hash));
          else reject(error);
        });
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING) throw unavailableLogin('userpass.busy', 2);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}
