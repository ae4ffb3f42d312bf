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

/** Makes a hash of a password. */
export type Derive = (password: Secret, how: Omit<PasswordHash, 'hash'>) => Promise<Secret>;

/** 32 MiB and about a tenth of a second for each guess. */
const current = { cost: 15, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes 32 MiB and a thread. */
const AT_ONCE = 2;
const WAITING = 64;
/** Of one source of guesses, so that it leaves room for others. */
const WAITING_PER_SOURCE = 8;

/** Hashes passwords, few at a time: whoever sends many cannot take all memory and threads. */
export class Passwords {
  readonly #derive: Derive;
  #running = 0;
  readonly #waiting: { readonly source: string; readonly go: () => void }[] = [];
  /** A hash that no password has: guesses at users who do not exist take as long as others. */
  readonly #nobody: PasswordHash = {
    ...current,
    salt: randomBytes(SALT_BYTES).toString('base64'),
    hash: Secret.own(randomBytes(HASH_BYTES)),
  };

  constructor(derive: Derive = deriveWithScrypt) {
    this.#derive = derive;
  }

  /** @throws WatchwordError `login.unavailable` when too many wait already */
  async hash(password: Secret): Promise<PasswordHash> {
    const salt = randomBytes(SALT_BYTES).toString('base64');
    return { ...current, salt, hash: await this.#inTurn(password, { ...current, salt }, '') };
  }

  /**
   * The same work whatever the answer, and whether or not there is a user.
   * @param source who asks; each has a share of the places to wait in
   * @throws WatchwordError `login.unavailable` when too many wait already
   */
  async isRight(password: Secret, known: PasswordHash | undefined, source: string): Promise<boolean> {
    const expected = known ?? this.#nobody;
    using actual = await this.#inTurn(password, expected, source);
    return timingSafeEqual(actual.bytes, expected.hash.bytes) && known !== undefined;
  }

  async #inTurn(password: Secret, how: Omit<PasswordHash, 'hash'>, source: string): Promise<Secret> {
    await this.#turn(source);
    try {
      return await this.#derive(password, how);
    } finally {
      const next = this.#waiting.shift();
      // The next one takes over this place: nobody who comes meanwhile gets it.
      if (next === undefined) this.#running -= 1;
      else next.go();
    }
  }

  async #turn(source: string): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    const own = this.#waiting.filter((other) => other.source === source).length;
    if (this.#waiting.length >= WAITING || own >= WAITING_PER_SOURCE) throw unavailableLogin('userpass.busy', 2);
    await new Promise<void>((go) => this.#waiting.push({ source, go }));
  }
}

function deriveWithScrypt(password: Secret, { cost, r, p, salt }: Omit<PasswordHash, 'hash'>): Promise<Secret> {
  const options = { cost: 2 ** cost, blockSize: r, parallelization: p, maxmem: 2 ** cost * r * 256 };
  return new Promise<Secret>((resolve, reject) => {
    scrypt(password.bytes, Buffer.from(salt, 'base64'), HASH_BYTES, options, (error, hash) => {
      if (error === null) resolve(Secret.own(hash));
      else reject(error);
    });
  });
}
