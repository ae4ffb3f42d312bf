import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes, scrypt } from 'node:crypto';
import { open } from 'node:fs/promises';
import { WatchwordError } from '../foundation/errors.ts';
import { type FingerprintKey, fingerprint, fingerprintKey } from '../foundation/fingerprint.ts';

/** Says `fingerprint` of values: the same for the same bytes, always. */
export interface Fingerprinter {
  /** Stands before the colon in every fingerprint. */
  readonly keyId: string;
  /** Leaves `value` as it is; whoever called may zero it afterwards. */
  of(value: Uint8Array): Promise<string>;
  /** Whether this one will take its time. */
  isSlow?(value: Uint8Array): boolean;
}

/** Fingerprints under a key that only the team has. */
export function keyedFingerprinter(key: FingerprintKey): Fingerprinter {
  return { keyId: key.id, of: async (value) => fingerprint(key, value) };
}

/** 16 MiB and some 40 ms for every guess. */
const SCRYPT = { N: 16_384, r: 8, p: 1 } as const;
const SALT_BYTES = 16;

/** For scans of what has neither a key nor a baseline. Everybody knows it: a baseline has a salt of its own. */
export const SHARED_SALT: Uint8Array = Buffer.from('fb22010b91dfffb115da6f66d14fe1c9', 'hex');
/** Written down, so that a scan which finds nothing does without cryptography. */
const SHARED_KEY_ID = 'salt-96cb084c';

export const newSalt = (): Buffer => randomBytes(SALT_BYTES);

const shortHash = (domain: string, bytes: Uint8Array): string =>
  createHash('sha256').update(`${domain}\0`).update(bytes).digest('hex').slice(0, 8);

/** Key id of fingerprints that are made with this salt. */
export const saltKeyId = (salt: Uint8Array): string =>
  salt === SHARED_SALT ? SHARED_KEY_ID : `salt-${shortHash('watchword salt', salt)}`;

const slowHash = (input: Uint8Array, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(input, salt, 32, SCRYPT, (error, hash) => (error === null ? resolve(hash) : reject(error))),
  );

/**
 * Fingerprints without a key: what could be guessed is hashed slowly with the salt, each value once. What nobody can guess is not, since
 * thousands of findings would take minutes.
 */
export function saltedFingerprinter(salt: Uint8Array): Fingerprinter {
  const keyId = saltKeyId(salt);
  let key: Promise<FingerprintKey> | undefined;
  // Equal values are known again without the values themselves.
  let seenUnder: KeyObject | undefined;
  const known = new Map<string, Promise<string>>();
  const make = async (value: Uint8Array): Promise<string> => {
    key ??= slowHash(Buffer.from('watchword fingerprint key 1'), salt).then((bytes) => fingerprintKey(keyId, bytes));
    return unguessable(value) ? fingerprint(await key, value) : fingerprint(await key, await slowHash(value, salt));
  };
  const seenAs = (value: Uint8Array): string => {
    seenUnder ??= createSecretKey(randomBytes(32));
    return createHmac('sha256', seenUnder).update(value).digest('base64');
  };
  return {
    keyId,
    of(value) {
      const seen = seenAs(value);
      const fresh = known.get(seen) ?? make(value);
      known.set(seen, fresh);
      return fresh;
    },
    isSlow: (value) => !unguessable(value) && !known.has(seenAs(value)),
  };
}

const TOKEN_RUN = /[A-Za-z0-9_+/=.-]{20,}/g;

/**
 * Whether chance made this value, told by its bytes alone: at least 20 characters of a token, in which letters and digits take turns
 * at least 8 times in stretches of at least three lengths. Words with a year do not, nor does a walk over the keyboard, nor what
 * somebody typed and a program encoded.
 */
export function unguessable(value: Uint8Array): boolean {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
  return [...text.matchAll(TOKEN_RUN)].some(([run]) => {
    const stretches = run.match(/[A-Za-z]+|[0-9]+/g) ?? [];
    return stretches.length > 8 && new Set(stretches.map(({ length }) => length)).size >= 3 && !encodesText(run);
  });
}

/** Whether it is hexadecimal or Base64 of something that can be typed. */
function encodesText(run: string): boolean {
  const bytes = /^(?:[0-9A-Fa-f]{2})+$/.test(run) ? Buffer.from(run, 'hex') : Buffer.from(run, 'base64');
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

const LEAST_KEY_BYTES = 32;
const MOST_KEY_BYTES = 4096;

/**
 * The team's key from a file: at least 32 random bytes, as they are, in hexadecimal or in Base64. Its id is a short hash of it.
 * @throws WatchwordError `client.usage` for a file that others can read, or that holds no such key
 */
export async function fingerprintKeyFile(path: string): Promise<FingerprintKey> {
  const file = await open(path, 'r');
  try {
    const { mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new WatchwordError('client.usage', 'Others can read the key file; take that away with `chmod 600`.', { where: path });
    }
    const buffer = Buffer.alloc(MOST_KEY_BYTES);
    const { bytesRead } = await file.read(buffer, 0, MOST_KEY_BYTES, 0);
    return fingerprintKeyOf(buffer.subarray(0, bytesRead), path);
  } finally {
    await file.close();
  }
}

/**
 * The team's key from what a file or a secret holds, which is zeroed. `where` is its place, for the error.
 * @throws WatchwordError `client.usage` for less than 32 bytes
 */
export function fingerprintKeyOf(content: Buffer, where: string): FingerprintKey {
  const key = keyBytes(content);
  if (key.length < LEAST_KEY_BYTES) {
    throw new WatchwordError('client.usage', 'The key has less than 32 bytes; make one with `openssl rand -hex 32`.', { where });
  }
  const made = fingerprintKey(`key-${shortHash('watchword fingerprint key', key)}`, key);
  key.fill(0);
  content.fill(0);
  return made;
}

function keyBytes(content: Buffer): Buffer {
  const text = content.toString('latin1').trim();
  if (/^(?:[0-9A-Fa-f]{2})+$/.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return content;
}
