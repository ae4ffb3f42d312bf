import { existsSync } from 'node:fs';
import { createInflate } from 'node:zlib';
import { Bases } from './bases.ts';
import { applyDelta, deltaHeader } from './delta.ts';
import { DamagedObject } from './inflate.ts';
import { looseIds, loosePath, readLoose, type StoredObject, streamLoose } from './loose-objects.ts';
import { Pack } from './pack.ts';
import { LARGEST } from './pack-walk.ts';
import { packNames, type Repository } from './repository.ts';

/** Something about a repository's objects that could not be read. */
export interface StoreProblem {
  readonly path: string;
  readonly reason: string;
}

/** More deltas on each other than git ever makes are a circle. */
const DEEPEST = 10_000;

/** Every object of a repository, wherever it lies. Packs stay open until `close`, so that a gc takes nothing away. */
export class ObjectStore {
  readonly idBytes: number;
  readonly packs: readonly Pack[];
  /** Packs that could not be opened. */
  readonly problems: readonly StoreProblem[];
  readonly #objectDirs: readonly string[];
  #later: Pack[] = [];
  readonly #bases = new Bases();

  constructor({ objectDirs, idBytes }: Pick<Repository, 'objectDirs' | 'idBytes'>) {
    const problems: StoreProblem[] = [];
    this.idBytes = idBytes;
    this.#objectDirs = objectDirs;
    this.packs = this.#open(() => true, problems);
    this.problems = problems;
  }

  #open(isNew: (path: string) => boolean, problems: StoreProblem[]): Pack[] {
    const packs: Pack[] = [];
    for (const path of this.#objectDirs.flatMap((folder) => packNames(folder, '.idx')).filter(isNew)) {
      try {
        packs.push(new Pack(path, this.idBytes));
      } catch (error) {
        if (!(error instanceof DamagedObject) && !(error instanceof Error && 'code' in error)) throw error;
        // What a gc removed between listing and opening is in another pack now.
        if (existsSync(`${path}.pack`)) problems.push({ path: `${path}.pack`, reason: reasonFor(error) });
      }
    }
    return packs;
  }

  /** Ids of all loose objects; some may be in a pack too. */
  *loose(): Generator<string> {
    for (const folder of this.#objectDirs) yield* looseIds(folder, this.idBytes);
  }

  /** Whether a pack before the one at `end` in `packs` holds the object. */
  isPacked(id: Uint8Array, at = 0, end = this.packs.length): boolean {
    for (let index = 0; index < end; index += 1) if ((this.packs[index]?.index.find(id, at) ?? -1) >= 0) return true;
    return false;
  }

  has(id: Uint8Array): boolean {
    return this.isPacked(id) || this.#objectDirs.some((folder) => existsSync(loosePath(folder, toHex(id))));
  }

  /**
   * One object by its id, from the first place that holds it undamaged; undefined when there is none. Without its bytes when it
   * is larger than `largest`.
   * @throws DamagedObject when every place is damaged
   */
  read(id: Uint8Array, largest = LARGEST): StoredObject | undefined {
    return this.#read(id, largest, 0) ?? this.#reopened(id, largest);
  }

  #read(id: Uint8Array, largest: number, depth: number): StoredObject | undefined {
    let damaged: DamagedObject | undefined;
    for (const attempt of this.#places(id, largest, depth)) {
      try {
        const object = attempt();
        if (object !== undefined) return object;
      } catch (error) {
        if (!(error instanceof DamagedObject)) throw error;
        damaged = error;
      }
    }
    if (damaged !== undefined) throw damaged;
    return undefined;
  }

  *#places(id: Uint8Array, largest: number, depth: number): Generator<() => StoredObject | undefined> {
    for (const pack of [...this.packs, ...this.#later]) {
      const position = pack.index.find(id);
      if (position >= 0) yield () => this.#fromPack(pack, pack.index.offsetAt(position), largest, depth);
    }
    for (const folder of this.#objectDirs) {
      const path = loosePath(folder, toHex(id));
      if (existsSync(path)) yield () => ifThere(() => readLoose(path, largest));
    }
  }

  /** After a repack, objects that were loose are in a pack that was not there at the beginning. */
  #reopened(id: Uint8Array, largest: number): StoredObject | undefined {
    const known = new Set([...this.packs, ...this.#later].map(({ path }) => path));
    const opened = this.#open((path) => !known.has(path), []);
    if (opened.length === 0) return undefined;
    this.#later = [...this.#later, ...opened];
    return this.#read(id, largest, 0);
  }

  #fromPack(pack: Pack, offset: number, largest: number, depth: number): StoredObject {
    const chain: { at: number; place: number; header: number; size: number }[] = [];
    let kind = 0;
    let bytes: Uint8Array | undefined;
    for (let at = offset; bytes === undefined; ) {
      const known = this.#bases.get(pack, at);
      if (known !== undefined && (chain.length > 0 || known.bytes.length <= largest)) {
        kind = known.kind;
        bytes = chain.length > 0 ? known.bytes : new Uint8Array(known.bytes);
        break;
      }
      const place = pack.placeOf(at);
      if (place < 0 || chain.length > DEEPEST) throw new DamagedObject('its deltas are damaged');
      const entry = pack.entry(at);
      if (entry.size > LARGEST) {
        if (chain.length === 0 && entry.type < 5) return { kind: entry.type, size: entry.size, bytes: undefined };
        throw new DamagedObject(`it is larger than ${LARGEST / 2 ** 20} MiB`);
      }
      if (entry.type < 5) {
        if (chain.length === 0 && entry.size > largest) return { kind: entry.type, size: entry.size, bytes: undefined };
        kind = entry.type;
        bytes = inflated(pack, place, entry);
        if (chain.length > 0) this.#bases.add(pack, at, { kind, bytes });
        break;
      }
      chain.push({ at, place, header: entry.header, size: entry.size });
      if (entry.baseId === undefined) at = entry.baseOffset;
      else {
        const position = pack.index.find(entry.baseId);
        if (position >= 0) at = pack.index.offsetAt(position);
        else {
          const base = depth > 50 ? undefined : this.#read(entry.baseId, LARGEST, depth + 1);
          if (base?.bytes === undefined) throw new DamagedObject('the object it builds on is absent');
          kind = base.kind;
          bytes = base.bytes;
        }
      }
    }
    for (const entry of chain.reverse()) {
      bytes = resolved(pack, entry, bytes);
      if (entry.at !== offset) this.#bases.add(pack, entry.at, { kind, bytes });
    }
    return { kind, size: bytes.length, bytes };
  }

  /** The bytes of a large object that is stored without a delta. */
  async *stream(id: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const pack of this.packs) {
      const position = pack.index.find(id);
      if (position < 0) continue;
      const offset = pack.index.offsetAt(position);
      const place = pack.placeOf(offset);
      const entry = pack.entry(offset);
      if (place < 0 || entry.type > 4) continue;
      yield* inflatedPieces(pack, offset + entry.header, pack.offsets[place + 1] as number);
      return;
    }
    for (const folder of this.#objectDirs) {
      const path = loosePath(folder, toHex(id));
      if (existsSync(path)) return yield* streamLoose(path);
    }
  }

  close(): void {
    this.#bases.clear();
    for (const pack of [...this.packs, ...this.#later]) pack.close();
  }
}

export const toHex = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex');

const reasonFor = (error: Error): string =>
  error instanceof DamagedObject ? error.message : `cannot be read (${'code' in error ? String(error.code) : error.name})`;

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

interface Stored {
  readonly header: number;
  readonly size: number;
}

function inflated(pack: Pack, place: number, { header, size }: Stored): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size + 1);
  pack.inflate(place, header, size, bytes);
  return bytes.subarray(0, size);
}

function resolved(pack: Pack, entry: Stored & { readonly place: number }, base: Uint8Array): Uint8Array {
  const delta = inflated(pack, entry.place, entry);
  const header = deltaHeader(delta, delta.length);
  if (header.baseSize !== base.length || header.size > LARGEST) throw new DamagedObject('its delta does not fit its base');
  const out = Buffer.allocUnsafeSlow(header.size);
  applyDelta(base, delta, delta.length, header, out);
  return out;
}

async function* inflatedPieces(pack: Pack, start: number, end: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflate();
  const feed = async (): Promise<void> => {
    for (let at = start; at < end; at += 2 ** 20) {
      const piece = pack.bytes.read(at, Math.min(2 ** 20, end - at));
      if (!inflate.write(piece)) await new Promise<void>((resolve) => inflate.once('drain', resolve));
    }
    inflate.end();
  };
  const feeding = feed();
  feeding.catch((error: Error) => inflate.destroy(error));
  yield* inflate as AsyncIterable<Buffer>;
}
