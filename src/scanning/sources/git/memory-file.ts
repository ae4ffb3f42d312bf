import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { regularBytes } from '../../own-file.ts';

const MAGIC = Buffer.from('watchword scanned objects 3\n', 'latin1');
const HASH = 32;
const TAG = 16;
/** Bytes that say how many bytes of ids there are. */
const LENGTH = 6;
const SALT_AT = MAGIC.length + HASH;
const LENGTH_AT = SALT_AT + HASH;
const IDS_AT = LENGTH_AT + LENGTH;
/** A key that is derived for one message needs no other. */
const NONCE = Buffer.alloc(12);

/** What a repository's scanned objects are remembered under. */
export interface Memory {
  /** `ruleSet(...)`. */
  readonly rules: string;
  /** `userKey()`. */
  readonly key: Uint8Array;
}

/** What the file holds. */
export interface Kept {
  /** In clear. */
  readonly ids: Buffer;
  /** Encrypted. */
  readonly findings: Buffer;
}

/**
 * The file in a git directory, never in the work tree, in which is kept what was scanned there. Authenticated and in part encrypted
 * (AES-256-GCM) under keys that are derived from one of the user, for that place and those rules: what somebody else wrote there, or
 * was moved there, is not believed.
 */
export class MemoryFile {
  readonly #path: string;
  readonly #rules: Buffer;
  readonly #key: Uint8Array;

  constructor(commonDir: string, { rules, key }: Memory) {
    this.#key = key;
    this.#path = join(commonDir, 'watchword', 'scanned');
    this.#rules = createHash('sha256').update(rules).digest();
  }

  /** Under which secrets of this repository are named, the same in every run. */
  get namesKey(): Uint8Array {
    return this.#derived('names of secrets', this.#place());
  }

  /** Undefined for a file that is missing, damaged, of other rules or not made with this key for this place. */
  read(): Kept | undefined {
    const file = this.#file();
    if (file === undefined || file.length < IDS_AT + TAG + HASH) return undefined;
    const end = file.length - HASH - TAG;
    const findingsAt = IDS_AT + file.readUIntBE(LENGTH_AT, LENGTH);
    const isSound =
      file.subarray(0, MAGIC.length).equals(MAGIC) &&
      file.subarray(MAGIC.length, SALT_AT).equals(this.#rules) &&
      findingsAt <= end &&
      timingSafeEqual(this.#seal(file.subarray(0, -HASH)), file.subarray(-HASH));
    if (!isSound) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#findingsKey(file), NONCE, { authTagLength: TAG });
    decipher.setAAD(this.#associated(file));
    decipher.setAuthTag(file.subarray(end, end + TAG));
    try {
      const findings = Buffer.concat([decipher.update(file.subarray(findingsAt, end)), decipher.final()]);
      return { ids: file.subarray(IDS_AT, findingsAt), findings };
    } catch {
      return undefined;
    }
  }

  #file(): Buffer | undefined {
    try {
      return regularBytes(this.#path, Number.MAX_SAFE_INTEGER);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return undefined;
    }
  }

  /** A file that was made for another repository says nothing of this one. */
  #place(): Buffer {
    return Buffer.from(`${realpathSync(join(this.#path, '../..'))}\0`, 'utf8');
  }

  #derived(purpose: string, salt: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key, salt, `watchword scanned: ${purpose}`, HASH));
  }

  #seal(start: Uint8Array): Buffer {
    const key = this.#derived('the whole', this.#place());
    return createHmac('sha256', key).update(start).digest();
  }

  #findingsKey(file: Uint8Array): Uint8Array {
    return this.#derived('findings', file.subarray(SALT_AT, LENGTH_AT));
  }

  #associated(file: Uint8Array): Buffer {
    return Buffer.concat([this.#place(), file.subarray(0, IDS_AT)]);
  }

  /** Replaces the file at once or not at all. A git directory that cannot be written to is no error: the next run scans again. */
  write({ ids, findings }: Kept): void {
    const temporary = `${this.#path}.${process.pid}.new`;
    try {
      const folder = join(this.#path, '..');
      mkdirSync(folder, { recursive: true });
      // A link would have us write somewhere else.
      if (lstatSync(folder).isSymbolicLink()) return;
    } catch {
      return;
    }
    try {
      writeFileSync(temporary, this.#made(ids, findings), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      rmSync(temporary, { force: true });
    }
  }

  #made(ids: Buffer, findings: Buffer): Buffer {
    const length = Buffer.alloc(LENGTH);
    length.writeUIntBE(ids.length, 0, LENGTH);
    const header = Buffer.concat([MAGIC, this.#rules, randomBytes(HASH), length]);
    const cipher = createCipheriv('aes-256-gcm', this.#findingsKey(header), NONCE, { authTagLength: TAG });
    cipher.setAAD(this.#associated(header));
    const encrypted = [cipher.update(findings), cipher.final(), cipher.getAuthTag()];
    const start = Buffer.concat([header, ids, ...encrypted]);
    return Buffer.concat([start, this.#seal(start)]);
  }
}
