import { setTimeout } from 'node:timers/promises';
import { streamContent } from '../../content.ts';
import type { ScanContext } from '../../source.ts';
import { BlobNames, problemOf } from './blob-names.ts';
import { type Forest, growForest } from './delta-forest.ts';
import type { Landmarks } from './lineage-scan.ts';
import { messageOf } from './message.ts';
import { ObjectStore, toHex } from './object-store.ts';
import { kinds, type Pack } from './pack.ts';
import { type OutsideObject, PackWalk, STREAMED, type Walked } from './pack-walk.ts';
import type { Repository } from './repository.ts';
import { SecretNames, Sweep } from './sweep.ts';

const TREE = kinds.indexOf('tree');
export const BLOB = kinds.indexOf('blob');
const scannedKinds = [BLOB, kinds.indexOf('commit'), kinds.indexOf('tag')];
/** New parts of a blob that are less than this apart are taken for one. */
const NEAR = 64;
/** Objects between two looks at the clock. */
const STRIDE = 64;
/** Objects of a share, roughly: trees of deltas are not divided. */
const SHARE = 512;

/** What all threads work on. The arrays are shared. */
export interface SweepInput {
  readonly repository: Repository;
  readonly packs: readonly string[];
  /** For each pack, by place: 1 for objects that are neither known nor in an earlier pack. */
  readonly wanted: readonly Uint8Array[];
  /** For each pack, by place: 1 for objects in which there is nothing, 2 for others that were scanned. */
  readonly outcomes: readonly Uint8Array[];
  /** For each pack, by position in the index. */
  readonly names: readonly Int32Array[];
  /** For each thread, what it tells the others. */
  readonly shelves: readonly Uint8Array[];
  /** How many threads have begun, and how many are still reading names. */
  readonly state: Int32Array;
  /** Names secrets. */
  readonly key: Uint8Array;
}

const BEGUN = 0;
const NAMING = 1;

/** What a thread has to tell. */
export type SweepNews =
  /** Objects with something to tell, and the names of their secrets; undefined when they must be scanned again to know. */
  | { readonly kind: 'held'; readonly hits: ReadonlyMap<string, readonly string[] | undefined> }
  /** Objects that are in no pack, with their names. */
  | { readonly kind: 'elsewhere'; readonly names: ReadonlyMap<string, string> }
  | { readonly kind: 'gap'; readonly path: string; readonly reason: string };

interface Share {
  readonly number: number;
  readonly walk: PackWalk<Landmarks>;
  readonly kind: number;
  readonly roots: readonly number[];
}

/** One thread's view of the work. */
export class SweepThread {
  readonly store: ObjectStore;
  readonly forests: readonly Forest[];
  readonly names: BlobNames;
  readonly sweep: Sweep;
  readonly input: SweepInput;
  readonly context: ScanContext;
  readonly news: SweepNews[] = [];
  readonly slot: number;

  constructor(input: SweepInput, context: ScanContext, store: ObjectStore) {
    this.input = input;
    this.context = context;
    this.store = store;
    this.slot = Atomics.add(input.state, BEGUN, 1);
    this.forests = store.packs.map(growForest);
    this.names = new BlobNames(store, input.names, this.slot);
    this.sweep = new Sweep(context, new SecretNames(input.key));
  }

  /** In the same order in all threads. */
  shares(ofTrees: boolean): Share[] {
    const { store, forests, input } = this;
    return store.packs.flatMap((pack, number) => {
      const forest = forests[number] as Forest;
      const wanted = ofTrees ? new Uint8Array(pack.index.count).fill(1) : (input.wanted[number] as Uint8Array);
      return (ofTrees ? [TREE] : scannedKinds).flatMap((kind) => {
        const walk = new PackWalk<Landmarks>({
          pack,
          forest,
          wanted,
          kind,
          seams: ofTrees ? 0 : NEAR,
          outside: outsideOf(store),
        });
        return divided(walk.roots()).map((roots) => ({ number, walk, kind, roots }));
      });
    });
  }

  tell(path: string, reason: string): void {
    this.news.push({ kind: 'gap', path, reason });
  }

  /** What there is to tell since the last time. */
  *take(): Generator<SweepNews> {
    yield* this.news.splice(0);
    if (this.sweep.hits.size === 0) return;
    yield { kind: 'held', hits: new Map(this.sweep.hits) };
    this.sweep.hits.clear();
  }
}

/** Larger trees of deltas first, so that no thread begins one when the others have nothing left. */
function divided(roots: readonly { readonly place: number; readonly weight: number }[]): number[][] {
  const shares: { roots: number[]; weight: number }[] = [];
  let last: { roots: number[]; weight: number } | undefined;
  for (const { place, weight } of roots) {
    if (last === undefined || last.weight + weight > SHARE) {
      last = { roots: [], weight: 0 };
      shares.push(last);
    }
    last.roots.push(place);
    last.weight += weight;
  }
  return shares.sort((a, b) => b.weight - a.weight).map((share) => share.roots);
}

/** Reads what a delta builds on outside its pack. */
const outsideOf =
  (store: ObjectStore) =>
  (id: Uint8Array): OutsideObject | undefined => {
    const object = store.read(id);
    return object?.bytes === undefined ? undefined : { kind: object.kind, bytes: object.bytes };
  };

/** Threads that have begun already: the one that shares the work out. */
export const begun = new WeakMap<SweepInput, SweepThread>();

/** Names the blobs and scans them, share by share. A thread that does not see the same packs leaves the work to the others. */
export async function* sweepShares(input: SweepInput, context: ScanContext, nextShare: () => number): AsyncGenerator<SweepNews> {
  const own = begun.get(input);
  if (own !== undefined) return yield* workOn(own, nextShare);
  const store = new ObjectStore(input.repository);
  try {
    if (store.packs.map(({ path }) => path).join('\n') !== input.packs.join('\n')) return;
    yield* workOn(new SweepThread(input, context, store), nextShare);
  } finally {
    store.close();
  }
}

async function* workOn(thread: SweepThread, nextShare: () => number): AsyncGenerator<SweepNews> {
  const { input, names, store, context } = thread;
  const trees = thread.shares(true);
  const shares = thread.shares(false);
  let next = await nameAll(thread, trees, nextShare);
  // Whoever took a share of trees said before that it was naming.
  while (Atomics.load(input.state, NAMING) > 0) await setTimeout(1);
  names.collect(input.shelves.filter((_, slot) => slot < Atomics.load(input.state, BEGUN)));
  yield { kind: 'elsewhere', names: names.elsewhere };
  let pack = -1;
  for (; next < trees.length + shares.length; next = nextShare()) {
    if (context.signal?.aborted === true) return;
    const share = shares[next - trees.length] as Share;
    if (share.number !== pack) store.packs[pack]?.bytes.letGo();
    pack = share.number;
    store.packs[pack]?.bytes.hold();
    await sweepShare(thread, share);
    yield* thread.take();
  }
}

/** Returns the first share that is none of trees. */
async function nameAll(thread: SweepThread, trees: readonly Share[], nextShare: () => number): Promise<number> {
  const { input, names, sweep, context } = thread;
  Atomics.add(input.state, NAMING, 1);
  try {
    let next = nextShare();
    for (; next < trees.length; next = nextShare()) {
      const { walk, roots } = trees[next] as Share;
      for (const { bytes, derived } of walk.objects(roots)) if (bytes !== undefined) names.add(bytes, derived?.seams);
      if (sweep.isDue) await sweep.turn();
      // Without all names, formats would be missed.
      if (context.signal?.aborted === true) return Number.MAX_SAFE_INTEGER;
    }
    names.publish(input.shelves[thread.slot] as Uint8Array);
    return next;
  } finally {
    Atomics.sub(input.state, NAMING, 1);
  }
}

async function sweepShare(thread: SweepThread, { number, walk, kind, roots }: Share): Promise<void> {
  const { store, sweep, context, input } = thread;
  const pack = store.packs[number] as Pack;
  const outcomes = input.outcomes[number] as Uint8Array;
  let count = 0;
  for (const walked of walk.objects(roots)) {
    const position = pack.order[walked.place] as number;
    const outcome = kind === BLOB ? sweepBlob(thread, number, position, walked) : sweepMessage(thread, pack, position, walked);
    // Most are known at once, and waiting costs as much as scanning a small one.
    const held = outcome instanceof Promise ? await outcome : outcome;
    if (held !== undefined) outcomes[walked.place] = held ? 2 : 1;
    count += 1;
    if (count % STRIDE !== 0 || !sweep.isDue) continue;
    await sweep.turn();
    if (context.signal?.aborted === true) return;
  }
}

/** The text of a commit or a tag. */
function sweepMessage({ sweep }: SweepThread, pack: Pack, position: number, { bytes }: Walked<Landmarks>): boolean | undefined {
  return bytes === undefined ? undefined : sweep.message(toHex(pack.index.idAt(position)), messageOf(bytes));
}

function sweepBlob(
  thread: SweepThread,
  number: number,
  position: number,
  walked: Walked<Landmarks>,
): Promise<boolean | undefined> | boolean {
  const { store, names, sweep } = thread;
  const hex = (): string => toHex(store.packs[number]?.index.idAt(position) as Buffer);
  const name = names.packedName(number, position);
  const { bytes } = walked;
  if (bytes !== undefined && sweep.isText(name, bytes)) {
    const outcome = sweep.text(hex, bytes, walked.baseNote, walked.derived);
    walked.note = outcome?.landmarks;
    if (outcome !== undefined) return outcome.held;
  }
  if (walked.problem !== undefined) return sweepStored(thread, hex(), name);
  if (bytes !== undefined) return sweep.bytes(hex(), name, bytes);
  return sweepLarge(thread, hex(), name, walked.size);
}

function sweepLarge({ sweep, store }: SweepThread, hex: string, name: string, size: number): Promise<boolean> {
  return sweep.file(
    hex,
    name,
    streamContent(() => store.stream(Buffer.from(hex, 'hex')), size),
  );
}

/** A loose object, or a damaged one of which another place may hold a sound copy. Undefined when not scanned. */
export async function sweepStored(thread: SweepThread, hex: string, name: string): Promise<boolean | undefined> {
  const { store, sweep } = thread;
  try {
    const object = store.read(Buffer.from(hex, 'hex'), STREAMED);
    if (object === undefined) thread.tell(`git:${hex.slice(0, 12)}`, 'it was removed while the repository was scanned');
    else if (object.kind === TREE) return false;
    else if (object.kind !== BLOB) return object.bytes === undefined ? undefined : sweep.message(hex, messageOf(object.bytes));
    else if (object.bytes === undefined) return await sweepLarge(thread, hex, name, object.size);
    else {
      const text = sweep.isText(name, object.bytes) ? sweep.text(() => hex, object.bytes) : undefined;
      return text?.held ?? (await sweep.bytes(hex, name, object.bytes));
    }
  } catch (error) {
    thread.tell(`git:${hex.slice(0, 12)}`, problemOf(error));
  }
  return undefined;
}
