import type { Content } from '../../content.ts';
import type { Origin, ScanEvent } from '../../sighting.ts';
import type { ScanContext } from '../../source.ts';
import { Authors, type Introduction, unreachable } from './attribution.ts';
import { problemOf } from './blob-names.ts';
import { blobContent } from './changed-file.ts';
import type { ObjectStore } from './object-store.ts';
import type { SecretNames } from './sweep.ts';

export interface HitReport {
  readonly context: ScanContext;
  readonly store: ObjectStore;
  readonly secrets: SecretNames;
  /** Stands before every path. */
  readonly prefix: string;
  /** Blobs with something to tell, and the names of their secrets where they are known. */
  readonly hits: ReadonlyMap<string, readonly string[] | undefined>;
  /** In the order of the commits. */
  readonly introduced: readonly Introduction[];
  /** Of the commits and tags among them, those that something leads to. */
  readonly reached: ReadonlySet<string>;
}

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
  const { store, hits, introduced, prefix } = report;
  const authors = new Authors(store, report.reached);
  const told = new Set<string>();
  const anywhere = new Set<string>();
  const attributed = new Set<string>();
  for (const introduction of introduced) {
    attributed.add(introduction.blob);
    const path = prefix + introduction.path;
    const secrets = hits.get(introduction.blob);
    if (secrets?.every((secret) => told.has(`${secret} ${path}`)) === true) continue;
    for await (const [secret, event] of scanAgain(report, {
      blob: introduction.blob,
      path,
      origin: authors.origin(introduction),
    })) {
      if (secret === undefined) yield event;
      else if (event.kind === 'sighting') {
        const isNew = !told.has(`${secret} ${event.path}`);
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
  report: HitReport,
  authors: Authors,
  attributed: ReadonlySet<string>,
  inCommits: ReadonlySet<string>,
): AsyncGenerator<ScanEvent> {
  const inMessages = new Set<string>();
  const anywhere = new Set(inCommits);
  for (const [blob, secrets] of report.hits) {
    if (attributed.has(blob) || secrets?.every((secret) => anywhere.has(secret)) === true) continue;
    const message = authors.message(blob);
    // A message has to be rewritten too, whatever the files hold.
    const told = message === undefined ? anywhere : inMessages;
    for await (const [secret, event] of scanAgain(report, message ?? { blob, ...unreachable(blob) })) {
      if (secret !== undefined && told.has(secret)) {
        if (event.kind === 'sighting') event.value.fill(0);
        continue;
      }
      if (secret !== undefined) told.add(secret);
      yield event;
    }
  }
}

/** Scans one blob under its path: what is found, each with the name of its secret. */
async function* scanAgain(report: HitReport, place: Place): AsyncGenerator<[string | undefined, ScanEvent]> {
  const { context, store, secrets } = report;
  const { files, bytes } = context.progress;
  try {
    const content = place.message ?? blobContent(store, place.blob);
    if (content === undefined) return;
    for await (const event of context.unfolder.file(place.path, content, place.origin)) {
      yield [event.kind === 'sighting' ? secrets.of(event.detector, event.value) : undefined, event];
    }
  } catch (error) {
    yield [undefined, { kind: 'not-scanned', path: place.path, reason: problemOf(error) }];
  } finally {
    // Counted by the first pass already.
    context.progress.files = files;
    context.progress.bytes = bytes;
  }
}
