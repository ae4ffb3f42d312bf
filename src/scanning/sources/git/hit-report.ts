import type { Content } from '../../content.ts';
import type { Origin, ScanEvent } from '../../sighting.ts';
import type { ScanContext } from '../../source.ts';
import { Authors, type Introduction, unreachable } from './attribution.ts';
import { problemOf } from './blob-names.ts';
import { blobContent } from './changed-file.ts';
import type { Hits, KeptFindings } from './kept-findings.ts';
import type { ObjectStore } from './object-store.ts';
import { Recall } from './recall.ts';
import type { SecretNames } from './sweep.ts';

export interface HitReport {
  readonly context: ScanContext;
  readonly store: ObjectStore;
  readonly secrets: SecretNames;
  /** Stands before every path. */
  readonly prefix: string;
  readonly hits: Hits;
  /** In the order of the commits. */
  readonly introduced: readonly Introduction[];
  /** Of the commits and tags among them, those that something leads to. */
  readonly reached: ReadonlySet<string>;
  /** What is known of earlier runs, and noted for later ones. */
  readonly kept: KeptFindings | undefined;
}

interface Pass extends HitReport {
  readonly recall: Recall;
}

/** Whether a secret was told of a path. */
type IsTold = (secret: string, path: string) => boolean;

/** Of an object with something to tell. */
interface Place {
  readonly blob: string;
  readonly path: string;
  readonly origin: Origin;
  /** The text, when it is not a blob's. */
  readonly message?: Content;
}

/**
 * Second pass over the few blobs with hits, now that their paths are known. For each path and secret the earliest commit is
 * reported; what only unreachable blobs hold once for each secret.
 */
export async function* reportHits(report: HitReport): AsyncGenerator<ScanEvent> {
  const recall = new Recall(report.secrets);
  try {
    yield* inOrder({ ...report, recall });
  } finally {
    recall.close();
  }
}

async function* inOrder(report: Pass): AsyncGenerator<ScanEvent> {
  const { store, hits, introduced, prefix } = report;
  const authors = new Authors(store, report.reached);
  const told = new Set<string>();
  const anywhere = new Set<string>();
  const attributed = new Set<string>();
  const isTold: IsTold = (secret, path) => told.has(`${secret} ${path}`);
  for (const introduction of introduced) {
    attributed.add(introduction.blob);
    const path = prefix + introduction.path;
    const secrets = hits.get(introduction.blob);
    if (secrets?.every((secret) => isTold(secret, path)) === true) continue;
    const place = { blob: introduction.blob, path, origin: authors.origin(introduction) };
    for await (const [secret, event] of sightingsAt(report, place, isTold)) {
      if (secret === undefined) yield event;
      else if (event.kind === 'sighting') {
        const isNew = !isTold(secret, event.path);
        told.add(`${secret} ${event.path}`).add(`${secret} ${path}`);
        anywhere.add(secret);
        if (isNew) yield event;
        else event.value.fill(0);
      }
    }
  }
  yield* elsewhere(report, authors, attributed, anywhere);
}

/** What is in messages, and in blobs that no commit reaches: each secret once, unless a commit holds it. */
async function* elsewhere(
  report: Pass,
  authors: Authors,
  attributed: ReadonlySet<string>,
  inCommits: ReadonlySet<string>,
): AsyncGenerator<ScanEvent> {
  const inMessages = new Set<string>();
  const anywhere = new Set(inCommits);
  // In an order that is the same in every run.
  for (const blob of [...report.hits.keys()].filter((id) => !attributed.has(id)).sort()) {
    const secrets = report.hits.get(blob);
    if (secrets?.every((secret) => anywhere.has(secret)) === true) continue;
    const message = authors.message(blob);
    // A message has to be rewritten too, whatever the files hold.
    const told = message === undefined ? anywhere : inMessages;
    const place = message ?? { blob, ...unreachable(blob) };
    for await (const [secret, event] of sightingsAt(report, place, (known) => told.has(known))) {
      if (secret !== undefined && told.has(secret)) {
        if (event.kind === 'sighting') event.value.fill(0);
        continue;
      }
      if (secret !== undefined) told.add(secret);
      yield event;
    }
  }
}

/** What is found in one blob under its path, each with the name of its secret: as it is known, or scanned again. */
async function* sightingsAt(report: Pass, place: Place, isTold: IsTold): AsyncGenerator<[string | undefined, ScanEvent]> {
  const { kept, recall } = report;
  const known = kept?.sightings(place.blob, place.path);
  const found = known && (await recall.sightings(known, () => contentOf(report, place), place.origin, isTold));
  if (found === undefined) yield* scanAgain(report, place);
  else {
    kept?.keep(place.blob, place.path);
    yield* found;
  }
}

const contentOf = ({ store }: HitReport, { message, blob }: Place): Content | undefined => message ?? blobContent(store, blob);

async function* scanAgain(report: HitReport, place: Place): AsyncGenerator<[string | undefined, ScanEvent]> {
  const { context, secrets, kept } = report;
  const { files, bytes } = context.progress;
  const record = kept?.record(place.blob, place.path);
  try {
    const content = contentOf(report, place);
    if (content === undefined) return;
    for await (const event of context.unfolder.file(place.path, content, place.origin)) {
      const secret = event.kind === 'sighting' ? secrets.of(event.detector, event.value) : undefined;
      if (event.kind === 'sighting' && secret !== undefined) record?.add(secret, event);
      else record?.spoil();
      yield [secret, event];
    }
    record?.end();
  } catch (error) {
    yield [undefined, { kind: 'not-scanned', path: place.path, reason: problemOf(error) }];
  } finally {
    // Counted by the first pass already.
    context.progress.files = files;
    context.progress.bytes = bytes;
  }
}
