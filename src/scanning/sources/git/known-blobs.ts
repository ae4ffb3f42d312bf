import { createHash } from 'node:crypto';
import type { Detector } from '../../detector.ts';
import type { Format } from '../../format.ts';
import { type Hits, KeptFindings } from './kept-findings.ts';
import { type Memory, MemoryFile } from './memory-file.ts';
import { ownCode } from './own-code.ts';
import type { Repository } from './repository.ts';

const BUCKETS = 65_536;

/** What is known of an object: it was scanned, it is a tree whose names were read, or trees name it and it is nowhere. */
export type ObjectNote = 'scanned' | 'tree' | 'absent';
const notes: readonly ObjectNote[] = ['scanned', 'tree', 'absent'];
const ABSENT = notes.indexOf('absent');

/** Names a set of rules: two runs under the same name find the same. `version` is the product's. */
export function ruleSet(detectors: readonly Detector[], formats: readonly Format[], version: string): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([version, ownCode(), formats.map(({ kind }) => kind)]));
  for (const { id, kind, search, anchors, pattern, confidence } of detectors)
    hash.update(JSON.stringify([id, kind, search, anchors, pattern.source, pattern.flags, confidence]));
  return hash.digest('hex');
}

/**
 * Objects of a repository that were scanned under a set of rules, and what is known of their findings. In clear it is only which objects
 * were scanned.
 */
export class KnownBlobs {
  readonly findings: KeptFindings;
  readonly #file: MemoryFile;
  readonly #stride: number;
  /** Ids with one byte of `notes` behind each, grouped by their first two bytes. */
  readonly #records: Buffer;
  readonly #starts: Uint32Array;
  readonly #added: Buffer[] = [];
  /** What replaces the absent objects of `#records`. */
  #absent: readonly string[] | undefined;

  /** Of a file that is missing, damaged, of other rules or not made with this key, nothing is known. */
  constructor({ commonDir, idBytes }: Pick<Repository, 'commonDir' | 'idBytes'>, memory: Memory) {
    this.#stride = idBytes + 1;
    this.#file = new MemoryFile(commonDir, memory);
    const kept = this.#file.read();
    const isWhole = kept !== undefined && kept.ids.length % this.#stride === 0;
    this.#records = isWhole ? kept.ids : Buffer.alloc(0);
    this.#starts = starts(this.#records, this.#stride);
    this.findings = new KeptFindings(isWhole ? kept.findings : undefined);
  }

  /** Under which secrets are named, the same in every run. */
  get namesKey(): Uint8Array {
    return this.#file.namesKey;
  }

  get size(): number {
    return this.#records.length / this.#stride;
  }

  /** Whether the object whose id stands at `at` in `bytes` need not be looked at again. */
  has(bytes: Uint8Array, at = 0): boolean {
    const note = this.#note(bytes, at);
    return note >= 0 && note !== ABSENT;
  }

  isTree(id: Uint8Array): boolean {
    return notes[this.#note(id, 0)] === 'tree';
  }

  #note(bytes: Uint8Array, at: number): number {
    const records = this.#records;
    const stride = this.#stride;
    const idBytes = stride - 1;
    const bucket = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    const end = (this.#starts[bucket + 1] as number) * stride;
    for (let record = (this.#starts[bucket] as number) * stride; record < end; record += stride) {
      let same = 2;
      while (same < idBytes && records[record + same] === bytes[at + same]) same += 1;
      if (same === idBytes) return records[record + same] as number;
    }
    return -1;
  }

  /** Ids of the objects that trees name and that were nowhere. */
  *absent(): Generator<Buffer> {
    const stride = this.#stride;
    for (let at = 0; at < this.#records.length; at += stride)
      if (this.#records[at + stride - 1] === ABSENT) yield this.#records.subarray(at, at + stride - 1);
  }

  /** Notes an object that was scanned, or read for names, now. */
  add(id: Uint8Array, note: ObjectNote): void {
    if (!this.has(id)) this.#added.push(recordOf(id, note));
  }

  /** Notes which objects are absent, instead of what was known of that. */
  setAbsent(ids: readonly string[]): void {
    this.#absent = ids;
  }

  /** Writes down what is known now, with what holds something; nothing when that is what was known. */
  save(hits: Hits): void {
    if (this.#added.length === 0 && this.#absent === undefined && !this.findings.isChanged(hits)) return;
    const absent = this.#absent ?? [...this.absent()].map((id) => id.toString('hex'));
    const added = [...this.#added, ...absent.map((id) => recordOf(Buffer.from(id, 'hex'), 'absent'))];
    const ids = grouped(Buffer.concat([...this.#present(), ...added]), this.#stride);
    this.#file.write({ ids, findings: this.findings.written(hits) });
  }

  /** Records in as few pieces as can be, without those of absent objects. */
  *#present(): Generator<Buffer> {
    const stride = this.#stride;
    let from = 0;
    for (let at = 0; at < this.#records.length; at += stride) {
      if (this.#records[at + stride - 1] !== ABSENT) continue;
      yield this.#records.subarray(from, at);
      from = at + stride;
    }
    yield this.#records.subarray(from);
  }
}

function recordOf(id: Uint8Array, note: ObjectNote): Buffer {
  const record = Buffer.alloc(id.length + 1);
  record.set(id);
  record[id.length] = notes.indexOf(note);
  return record;
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
