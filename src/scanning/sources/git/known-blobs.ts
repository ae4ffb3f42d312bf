import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detector } from '../../detector.ts';
import type { Format } from '../../format.ts';
import { regularBytes } from '../../own-file.ts';
import { ownCode } from './own-code.ts';
import type { Repository } from './repository.ts';

const MAGIC = Buffer.from('watchword scanned objects 2\n', 'latin1');
const HASH = 32;
const BUCKETS = 65_536;

/** Names a set of rules: two runs under the same name find the same. `version` is the product's. */
export function ruleSet(detectors: readonly Detector[], formats: readonly Format[], version: string): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([version, ownCode(), formats.map(({ kind }) => kind)]));
  for (const { id, kind, search, anchors, pattern, confidence } of detectors)
    hash.update(JSON.stringify([id, kind, search, anchors, pattern.source, pattern.flags, confidence]));
  return hash.digest('hex');
}

/** What a repository's scanned objects are remembered under. */
export interface Memory {
  /** `ruleSet(...)`. */
  readonly rules: string;
  /** `userKey()`. */
  readonly key: Uint8Array;
}

/**
 * Objects of a repository that were scanned under a set of rules, and which of them held something. Nothing of a finding is
 * kept, only the object's id: it is scanned again. The file lies in the git directory, never in the work tree, and is
 * authenticated for that place with a key of the user: what somebody else wrote there is not believed.
 */
export class KnownBlobs {
  readonly #path: string;
  readonly #rules: Buffer;
  readonly #key: Uint8Array;
  readonly #idBytes: number;
  /** Ids with one byte of flags behind each, grouped by their first two bytes. */
  #records: Buffer = Buffer.alloc(0);
  #starts: Uint32Array = new Uint32Array(BUCKETS + 1);
  readonly #added: Buffer[] = [];

  /** Of a file that is missing, damaged, of other rules or not made with this key, nothing is known. */
  constructor({ commonDir, idBytes }: Pick<Repository, 'commonDir' | 'idBytes'>, { rules, key }: Memory) {
    this.#key = key;
    this.#path = join(commonDir, 'watchword', 'scanned');
    this.#rules = createHash('sha256').update(rules).digest();
    this.#idBytes = idBytes;
    this.#load();
  }

  get size(): number {
    return this.#records.length / (this.#idBytes + 1);
  }

  #load(): void {
    const file = this.#file();
    if (file === undefined || file.length < MAGIC.length + 2 * HASH) return;
    const body = file.subarray(MAGIC.length + HASH, -HASH);
    const sound =
      file.subarray(0, MAGIC.length).equals(MAGIC) &&
      file.subarray(MAGIC.length, MAGIC.length + HASH).equals(this.#rules) &&
      body.length % (this.#idBytes + 1) === 0 &&
      timingSafeEqual(this.#seal(file.subarray(0, -HASH)), file.subarray(-HASH));
    if (!sound) return;
    this.#records = body;
    this.#starts = starts(body, this.#idBytes + 1);
  }

  #file(): Buffer | undefined {
    try {
      return regularBytes(this.#path, Number.MAX_SAFE_INTEGER);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return undefined;
    }
  }

  /** The place is in it: a file that was made for another repository says nothing of this one. */
  #seal(start: Uint8Array): Buffer {
    const folder = realpathSync(join(this.#path, '../..'));
    return createHmac('sha256', this.#key).update(folder).update('\0').update(start).digest();
  }

  /** Undefined for an object that was not scanned, else whether it held something. */
  find(id: Uint8Array): boolean | undefined {
    const stride = this.#idBytes + 1;
    const bucket = ((id[0] as number) << 8) | (id[1] as number);
    const end = this.#starts[bucket + 1] as number;
    for (let index = this.#starts[bucket] as number; index < end; index += 1) {
      const at = index * stride;
      let same = 2;
      while (same < this.#idBytes && this.#records[at + same] === id[same]) same += 1;
      if (same === this.#idBytes) return this.#records[at + same] === 1;
    }
    return undefined;
  }

  /** Ids of the objects that held something. */
  *hits(): Generator<Buffer> {
    const stride = this.#idBytes + 1;
    for (let at = 0; at < this.#records.length; at += stride)
      if (this.#records[at + this.#idBytes] === 1) yield this.#records.subarray(at, at + this.#idBytes);
  }

  /** Notes an object that was scanned now. It must not be known yet. */
  add(id: Uint8Array, held: boolean): void {
    const record = Buffer.alloc(this.#idBytes + 1);
    record.set(id);
    record[this.#idBytes] = held ? 1 : 0;
    this.#added.push(record);
  }

  /** Replaces the file at once or not at all. A git directory that cannot be written to is no error: the next run scans again. */
  save(): void {
    if (this.#added.length === 0) return;
    const records = grouped(Buffer.concat([this.#records, ...this.#added]), this.#idBytes + 1);
    const start = Buffer.concat([MAGIC, this.#rules, records]);
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
      writeFileSync(temporary, Buffer.concat([start, this.#seal(start)]), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      rmSync(temporary, { force: true });
    }
  }
}

/** How many records come before each bucket. */
function starts(records: Buffer, stride: number): Uint32Array {
  const counts = new Uint32Array(BUCKETS + 1);
  for (let at = 0; at < records.length; at += stride) {
    const bucket = records.readUInt16BE(at);
    counts[bucket + 1] = (counts[bucket + 1] as number) + 1;
  }
  for (let bucket = 0; bucket < BUCKETS; bucket += 1)
    counts[bucket + 1] = (counts[bucket + 1] as number) + (counts[bucket] as number);
  return counts;
}

function grouped(records: Buffer, stride: number): Buffer {
  const next = starts(records, stride);
  const sorted = Buffer.alloc(records.length);
  for (let at = 0; at < records.length; at += stride) {
    const bucket = records.readUInt16BE(at);
    const place = next[bucket] as number;
    next[bucket] = place + 1;
    records.copy(sorted, place * stride, at, at + stride);
  }
  return sorted;
}
