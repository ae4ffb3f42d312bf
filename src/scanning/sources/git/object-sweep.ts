import type { ScanContext } from '../../source.ts';
import { inThreads } from '../../workers.ts';
import { problemOf } from './blob-names.ts';
import type { Gaps } from './gaps.ts';
import type { KnownBlobs } from './known-blobs.ts';
import type { ObjectStore } from './object-store.ts';
import { kinds, type Pack } from './pack.ts';
import { STREAMED } from './pack-walk.ts';
import type { Repository } from './repository.ts';
import type { Sweep } from './sweep.ts';
import { BLOB, begun, type SweepInput, type SweepNews, SweepThread, sweepShares, sweepStored } from './sweep-shares.ts';

const TREE = kinds.indexOf('tree');
/** Bytes in which a thread tells the others the names of files. Taken only as far as they are used. */
const SHELF = 16 * 1024 * 1024;
/** Bytes of packs from which on a second thread is worth its start. */
const WORTH_SHARING = 12 * 1024 * 1024;

export interface SweepJob {
  readonly repository: Repository;
  readonly store: ObjectStore;
  readonly sweep: Sweep;
  /** What was scanned by earlier runs; undefined when nothing is to be remembered. */
  readonly known: KnownBlobs | undefined;
  readonly gaps: Gaps;
  readonly context: ScanContext;
  readonly threads: number;
  /** Told when something is found, more than once. */
  readonly onHit: () => void;
}

const shared = (bytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(bytes));
const sharedNumbers = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));

/** First pass over every object that is not known: fills `sweep.hits`, `gaps` and `known`. Stops when the signal says so. */
export async function sweepObjects(job: SweepJob): Promise<void> {
  const { repository, store, context, sweep } = job;
  const loose = looseIn(job);
  if (loose.wanted.length === 0 && isKnown(job)) return passOver(job, loose);
  const wanted = store.packs.map((pack, number) => wantedIn(job, pack, number));
  const size = store.packs.reduce((sum, { bytes }) => sum + bytes.size, 0);
  const threads = size < WORTH_SHARING ? 1 : job.threads;
  const input: SweepInput = {
    repository,
    packs: store.packs.map(({ path }) => path),
    wanted,
    outcomes: store.packs.map(({ index }) => shared(index.count)),
    names: store.packs.map(({ index }) => sharedNumbers(index.count)),
    shelves: Array.from({ length: threads }, () => shared(SHELF)),
    state: sharedNumbers(2),
    key: sweep.key,
  };
  const thread = new SweepThread(input, context, store);
  begun.set(input, thread);
  for (const { kind } of thread.forests)
    context.progress.expectedFiles += kind.reduce((sum, one) => sum + (one === BLOB ? 1 : 0), 0);
  const { trees, others } = nameFromLoose(thread, loose);
  const elsewhere = new Map<string, string>();
  const take = (news: SweepNews): void => {
    if (news.kind === 'gap') job.gaps.add(news.path, news.reason);
    else if (news.kind === 'held') {
      for (const [id, names] of news.hits) sweep.hits.set(id, names);
      job.onHit();
    } else for (const [id, name] of news.names) if ((elsewhere.get(id) ?? '') === '') elsewhere.set(id, name);
  };
  for await (const news of inThreads({ name: 'history', input, run: sweepShares }, context, threads)) take(news);
  await sweepLoose(job, thread, others, elsewhere);
  for (const news of thread.take()) take(news);
  for (const pack of store.packs) pack.bytes.letGo();
  const absent = absentOf(store, loose, [...elsewhere.keys()]);
  job.gaps.absent += absent.length;
  remember(job, thread, trees, absent);
}

interface Loose {
  /** Not known yet. */
  readonly wanted: readonly string[];
  /** Trees that are known: they are read again for names when anything is wanted. */
  readonly trees: readonly string[];
  readonly all: ReadonlySet<string>;
}

/** Counts those that are known. */
function looseIn({ store, known, context }: SweepJob): Loose {
  const wanted: string[] = [];
  const trees: string[] = [];
  const all = new Set(store.loose());
  for (const hex of all) {
    const id = Buffer.from(hex, 'hex');
    if (store.isPacked(id)) continue;
    if (known?.has(id) !== true) wanted.push(hex);
    else {
      context.progress.known += 1;
      if (known.isTree(id)) trees.push(hex);
    }
  }
  return { wanted, trees, all };
}

/** Whether nothing in packs is wanted. In the order of the ids, so that nothing has to be sorted to find that out. */
function isKnown({ store, known }: SweepJob): boolean {
  return store.packs.every(({ index: { ids, count, idBytes } }) => {
    if (known === undefined) return count === 0;
    for (let position = 0; position < count; position += 1) if (!known.has(ids, position * idBytes)) return false;
    return true;
  });
}

/** Of what is known there is only to tell what is absent still. */
function passOver({ store, known, context, gaps }: SweepJob, loose: Loose): void {
  for (const { index } of store.packs) context.progress.known += index.count;
  const absent = [...(known?.absent() ?? [])].map((id) => id.toString('hex'));
  gaps.absent += absentOf(store, loose, absent).length;
}

function wantedIn({ store, known, context }: SweepJob, pack: Pack, number: number): Uint8Array {
  const wanted = shared(pack.index.count);
  for (let place = 0; place < wanted.length; place += 1) {
    const id = pack.index.idAt(pack.order[place] as number);
    if (known?.has(id) === true) context.progress.known += 1;
    else if (number === 0 || !store.isPacked(id, 0, number)) wanted[place] = 1;
  }
  return wanted;
}

/** Takes the trees among the loose objects; returns them, and the others with those that cannot be read. */
function nameFromLoose({ store, names, context }: SweepThread, loose: Loose): { trees: string[]; others: string[] } {
  const trees: string[] = [];
  const others: string[] = [];
  for (const hex of [...loose.trees, ...loose.wanted]) {
    try {
      const object = store.read(Buffer.from(hex, 'hex'), STREAMED);
      if (object?.kind === BLOB) context.progress.expectedFiles += 1;
      if (object?.kind !== TREE) others.push(hex);
      else if (object.bytes !== undefined) {
        trees.push(hex);
        names.add(object.bytes);
      }
    } catch (error) {
      problemOf(error);
      others.push(hex);
    }
  }
  return { trees, others };
}

async function sweepLoose(
  { known, context, sweep }: SweepJob,
  thread: SweepThread,
  ids: readonly string[],
  names: ReadonlyMap<string, string>,
): Promise<void> {
  for (const hex of ids) {
    if (context.signal?.aborted === true) return;
    const held = await sweepStored(thread, hex, names.get(hex) ?? '');
    if (held !== undefined) known?.add(Buffer.from(hex, 'hex'), 'scanned');
    if (sweep.isDue) await sweep.turn();
  }
}

/** Those of the objects that are nowhere. */
function absentOf(store: ObjectStore, loose: Loose, ids: readonly string[]): string[] {
  return ids.filter((hex) => !loose.all.has(hex) && !store.has(Buffer.from(hex, 'hex')));
}

/** Notes trees too: when every object is known, there is nothing to be done. */
function remember(
  { known, context }: SweepJob,
  { store, input, forests }: SweepThread,
  looseTrees: readonly string[],
  absent: readonly string[],
): void {
  if (known === undefined) return;
  const isDone = context.signal?.aborted !== true;
  for (const [number, pack] of store.packs.entries()) {
    const outcomes = input.outcomes[number] as Uint8Array;
    const wanted = input.wanted[number] as Uint8Array;
    for (let place = 0; place < outcomes.length; place += 1) {
      const isTree = isDone && wanted[place] === 1 && forests[number]?.kind[place] === TREE;
      if (isTree || outcomes[place] !== 0) known.add(pack.index.idAt(pack.order[place] as number), isTree ? 'tree' : 'scanned');
    }
  }
  if (!isDone) return;
  for (const hex of looseTrees) known.add(Buffer.from(hex, 'hex'), 'tree');
  known.setAbsent(absent);
}
