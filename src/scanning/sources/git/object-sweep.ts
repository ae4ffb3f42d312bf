import { streamContent } from '../../content.ts';
import type { ScanContext } from '../../source.ts';
import { BlobNames, problemOf } from './blob-names.ts';
import { type Forest, growForest } from './delta-forest.ts';
import type { Gaps } from './gaps.ts';
import type { KnownBlobs } from './known-blobs.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { kinds, type Pack } from './pack.ts';
import { type OutsideObject, PackWalk, STREAMED, type Walked } from './pack-walk.ts';
import type { Sweep } from './sweep.ts';

const TREE = kinds.indexOf('tree');
const BLOB = kinds.indexOf('blob');
/** New parts of a blob that are less than this apart are taken for one. */
const NEAR = 64;
/** Objects between two looks at the clock. */
const STRIDE = 64;

export interface SweepJob {
  readonly store: ObjectStore;
  readonly sweep: Sweep;
  /** What was scanned by earlier runs; undefined when nothing is to be remembered. */
  readonly known: KnownBlobs | undefined;
  readonly gaps: Gaps;
  readonly context: ScanContext;
}

interface PackJob {
  readonly pack: Pack;
  readonly number: number;
  readonly forest: Forest;
  /** By place: objects that are neither known nor in an earlier pack. */
  readonly wanted: Uint8Array;
}

/** First pass over every object that is not known: fills `sweep.hits`, `gaps` and `known`. Stops when the signal says so. */
export async function sweepObjects(job: SweepJob): Promise<void> {
  const { store, context } = job;
  const marks = store.packs.map((pack, number) => wantedIn(job, pack, number));
  const loose = [...new Set(store.loose())].filter((hex) => {
    const id = Buffer.from(hex, 'hex');
    return job.known?.find(id) === undefined && !store.isPacked(id);
  });
  if (loose.length === 0 && !marks.some((wanted) => wanted.includes(1))) return;
  const names = new BlobNames(store, loose);
  const packs: PackJob[] = [];
  for (const [number, pack] of store.packs.entries()) {
    const forest = growForest(pack);
    packs.push({ pack, number, forest, wanted: marks[number] ?? new Uint8Array(0) });
    context.progress.expectedFiles += forest.kind.reduce((sum, kind) => sum + (kind === BLOB ? 1 : 0), 0);
    await nameFromPack(job, { pack, number, forest, wanted: new Uint8Array(forest.kind.length).fill(1) }, names);
    if (store.packs.length > 1) pack.bytes.letGo();
  }
  const looseBlobs = nameFromLoose(job, loose, names);
  job.gaps.absent += names.absent;
  for (const pack of packs) {
    // Also before the first: without all names, formats would be missed.
    if (context.signal?.aborted === true) return;
    await sweepPack(job, pack, names);
    pack.pack.bytes.letGo();
  }
  await sweepLoose(job, looseBlobs, names);
}

function wantedIn({ store, known, context }: SweepJob, pack: Pack, number: number): Uint8Array {
  const wanted = new Uint8Array(pack.index.count);
  for (let place = 0; place < wanted.length; place += 1) {
    const id = pack.index.idAt(pack.order[place] as number);
    if (known?.find(id) !== undefined) context.progress.known += 1;
    else if (number === 0 || !store.isPacked(id, 0, number)) wanted[place] = 1;
  }
  return wanted;
}

/** Reads what a delta builds on outside its pack. */
const outsideOf =
  (store: ObjectStore) =>
  (id: Uint8Array): OutsideObject | undefined => {
    const object = store.read(id);
    return object?.bytes === undefined ? undefined : { kind: object.kind, bytes: object.bytes };
  };

async function nameFromPack({ store, sweep, context }: SweepJob, packed: PackJob, names: BlobNames): Promise<void> {
  const { pack, forest, wanted } = packed;
  const walk = new PackWalk({ pack, forest, wanted, kind: TREE, seams: 0, outside: outsideOf(store) });
  let count = 0;
  for (const { bytes, seams } of walk.objects(walk.roots().map(({ place }) => place))) {
    if (bytes !== undefined) names.add(bytes, seams);
    count += 1;
    if (count % STRIDE !== 0 || !sweep.isDue) continue;
    await sweep.turn();
    if (context.signal?.aborted === true) return;
  }
}

/** Takes the trees among the loose objects; returns the blobs, and those that cannot be read. */
function nameFromLoose({ store }: SweepJob, ids: readonly string[], names: BlobNames): string[] {
  const blobs: string[] = [];
  for (const hex of ids) {
    try {
      const object = store.read(Buffer.from(hex, 'hex'), STREAMED);
      if (object?.kind === TREE && object.bytes !== undefined) names.add(object.bytes);
      if (object === undefined || object.kind === BLOB) blobs.push(hex);
    } catch (error) {
      problemOf(error);
      blobs.push(hex);
    }
  }
  return blobs;
}

async function sweepPack(job: SweepJob, packed: PackJob, names: BlobNames): Promise<void> {
  const { store, sweep, known, context } = job;
  const { pack, number, forest, wanted } = packed;
  const walk = new PackWalk({ pack, forest, wanted, kind: BLOB, seams: NEAR, outside: outsideOf(store) });
  const clean = new Uint8Array(wanted.length);
  let count = 0;
  for (const walked of walk.objects(walk.roots().map(({ place }) => place))) {
    const position = pack.order[walked.place] as number;
    const id = pack.index.idAt(position);
    const name = names.packedName(number, position);
    const { bytes } = walked;
    let held: boolean | undefined;
    if (bytes !== undefined && sweep.isText(name, bytes)) {
      const base = forest.base[walked.place] as number;
      const outcome = sweep.text(() => toHex(id), bytes, clean[base] === 1 ? walked.seams : undefined);
      if (outcome === 'clean') clean[walked.place] = 1;
      held = outcome === 'held';
    } else held = await sweepOther(job, toHex(id), name, walked);
    if (held !== undefined) known?.add(id, held);
    count += 1;
    if (count % STRIDE !== 0 || !sweep.isDue) continue;
    await sweep.turn();
    if (context.signal?.aborted === true) return;
  }
}

/** Files of a format, large ones, and damaged ones of which another place may hold a sound copy. Undefined when not scanned. */
async function sweepOther(job: SweepJob, hex: string, name: string, walked: Walked): Promise<boolean | undefined> {
  const { sweep } = job;
  if (walked.problem !== undefined) return sweepStored(job, hex, name);
  if (walked.bytes !== undefined) return sweep.bytes(hex, name, walked.bytes);
  return sweepLarge(job, hex, name, walked.size);
}

function sweepLarge({ sweep, store }: SweepJob, hex: string, name: string, size: number): Promise<boolean> {
  return sweep.file(
    hex,
    name,
    streamContent(() => store.stream(Buffer.from(hex, 'hex')), size),
  );
}

async function sweepStored(job: SweepJob, hex: string, name: string): Promise<boolean | undefined> {
  const { store, sweep, gaps } = job;
  try {
    const object = store.read(Buffer.from(hex, 'hex'), STREAMED);
    if (object === undefined) gaps.add(`git:${hex.slice(0, 12)}`, 'it was removed while the repository was scanned');
    else if (object.kind !== BLOB) return false;
    else if (object.bytes === undefined) return await sweepLarge(job, hex, name, object.size);
    else if (sweep.isText(name, object.bytes)) return sweep.text(() => hex, object.bytes) === 'held';
    else return await sweep.bytes(hex, name, object.bytes);
  } catch (error) {
    gaps.add(`git:${hex.slice(0, 12)}`, problemOf(error));
  }
  return undefined;
}

async function sweepLoose(job: SweepJob, ids: readonly string[], names: BlobNames): Promise<void> {
  const { sweep, known, context } = job;
  context.progress.expectedFiles += ids.length;
  for (const hex of ids) {
    if (context.signal?.aborted === true) return;
    const held = await sweepStored(job, hex, names.looseName(hex));
    if (held !== undefined) known?.add(Buffer.from(hex, 'hex'), held);
    if (sweep.isDue) await sweep.turn();
  }
}
