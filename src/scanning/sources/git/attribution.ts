import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bytesContent, type Content } from '../../content.ts';
import { regularBytes } from '../../own-file.ts';
import type { Origin } from '../../sighting.ts';
import { problemOf } from './blob-names.ts';
import { ChangeListing } from './change-listing.ts';
import { gitLines, gitOutput, startGit } from './git-process.ts';
import { messageOf } from './message.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { kinds } from './pack.ts';
import type { Repository } from './repository.ts';

/** A commit that gave a blob a path, the earliest one that did. */
export interface Introduction {
  readonly blob: string;
  readonly path: string;
  readonly commit: string;
}

/** All that refs, reflogs and HEADs of work trees reach, parents first. */
const everything = ['--all', '--reflog', '--topo-order', '--reverse', '--ignore-missing'] as const;

/** The changes of all commits but merges, to be read later or at once. */
export const everyChange = (repository: Repository, ahead = false): ChangeListing =>
  new ChangeListing(repository, { commits: everything, merges: false }, ahead);

/**
 * For each of the blobs every path with the earliest commit that gave it to it, in the order of the commits; blobs that no commit
 * reaches are left out. One pass over `everyChange`, which may have begun already.
 * @throws WatchwordError client.usage when git fails
 */
export async function introductions(
  repository: Repository,
  blobs: ReadonlySet<string>,
  listing = everyChange(repository),
): Promise<Introduction[]> {
  const found: Introduction[] = [];
  const seen = new Set<string>();
  const collect = async (wanted: ReadonlySet<string>, listing: ChangeListing): Promise<void> => {
    for await (const changes of listing.changes()) {
      for (const { commit = '', path, id: blob } of changes) {
        if (!wanted.has(blob) || seen.has(`${blob} ${path}`)) continue;
        seen.add(`${blob} ${path}`);
        found.push({ blob, path, commit });
      }
    }
  };
  await collect(blobs, listing);
  const attributed = new Set(found.map(({ blob }) => blob));
  const rest = new Set([...blobs].filter((blob) => !attributed.has(blob)));
  // Content that only a merge brought in: comparing merges costs more, so only when something is missing.
  if (rest.size > 0) await collect(rest, new ChangeListing(repository, { commits: [...everything, '--merges'] }));
  return found;
}

/** Which of the objects are commits, or tags of a ref, that something leads to. @throws WatchwordError client.usage when git fails */
export async function reachedMessages(repository: Repository, ids: ReadonlySet<string>): Promise<Set<string>> {
  const reached = new Set<string>();
  const listing = async (command: readonly string[], doing: string): Promise<void> => {
    for await (const line of gitLines(startGit(repository, command), doing)) if (ids.has(line)) reached.add(line);
  };
  await listing(['rev-list', '--all', '--reflog', '--ignore-missing'], 'listing commits');
  await listing(['for-each-ref', '--format=%(objectname)', 'refs/tags'], 'listing tags');
  return reached;
}

/** Files that say which parents commits are taken to have (gitrepository-layout). */
const parentage = ['shallow', join('info', 'grafts')];
/** Bytes of one of them. */
const LARGEST_PARENTAGE = 64 * 1024 * 1024;

/**
 * Names a state of the history: under the same name, `introductions` and `reachedMessages` find the same. Commits have all that led to
 * them in their ids, so that it is enough where the walks begin. @throws WatchwordError client.usage when git fails
 */
export async function historyState(repository: Repository): Promise<string> {
  const hash = createHash('sha256');
  const beginnings = startGit(repository, ['rev-list', '--no-walk=unsorted', '--all', '--reflog', '--ignore-missing']);
  const tags = startGit(repository, ['for-each-ref', '--format=%(objectname)', 'refs/tags']);
  const tagged = hashOf(gitOutput(tags, 'listing tags'));
  tagged.catch(() => undefined);
  hash.update(await hashOf(gitOutput(beginnings, 'listing commits'))).update(await tagged);
  for (const name of parentage)
    hash.update(
      createHash('sha256')
        .update(bytesOf(join(repository.commonDir, name)))
        .digest(),
    );
  return hash.digest('hex');
}

async function hashOf(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest();
}

function bytesOf(path: string): Buffer {
  try {
    return regularBytes(path, LARGEST_PARENTAGE) ?? Buffer.alloc(0);
  } catch (error) {
    problemOf(error);
    return Buffer.alloc(0);
  }
}

/** Who wrote a commit and when. */
interface Authorship {
  readonly author?: string;
  readonly date?: string;
}

/** The message of a commit or a tag. */
export interface MessagePlace {
  /** The id of the commit or tag. */
  readonly blob: string;
  readonly path: string;
  readonly origin: Origin;
  readonly message: Content;
}

/** Whether an object is a commit or a tag. */
export function isMessage(store: ObjectStore, id: string): boolean {
  try {
    const kind = kinds[store.read(Buffer.from(id, 'hex'))?.kind ?? 0];
    return kind === 'commit' || kind === 'tag';
  } catch (error) {
    problemOf(error);
    return false;
  }
}

/** Reads authors of commits, each once. */
export class Authors {
  readonly #store: ObjectStore;
  readonly #known = new Map<string, Authorship>();
  readonly #reached: ReadonlySet<string>;

  /** `reached`: messages that a ref, reflog or work tree leads to. */
  constructor(store: ObjectStore, reached: ReadonlySet<string> = new Set()) {
    this.#store = store;
    this.#reached = reached;
  }

  origin({ blob, commit }: Introduction): Origin {
    let authorship = this.#known.get(commit);
    if (authorship === undefined) {
      authorship = this.#read(commit);
      this.#known.set(commit, authorship);
    }
    return { blob, commit, ...authorship, reachable: true };
  }

  /** Where the message of a commit or a tag is said to be; undefined for other objects. */
  message(id: string): MessagePlace | undefined {
    if (!isMessage(this.#store, id)) return undefined;
    const { kind: number = 0, bytes } = this.#store.read(Buffer.from(id, 'hex')) ?? {};
    const kind = kinds[number];
    if (bytes === undefined || (kind !== 'commit' && kind !== 'tag')) return undefined;
    const origin = {
      blob: id,
      ...(kind === 'commit' ? { commit: id, ...authorship(bytes) } : {}),
      reachable: this.#reached.has(id),
    };
    return { blob: id, path: `git:${kind}/${id.slice(0, 12)}`, origin, message: bytesContent(messageOf(bytes)) };
  }

  #read(commit: string): Authorship {
    const bytes = this.#store.read(Buffer.from(commit, 'hex'))?.bytes;
    return bytes === undefined ? {} : authorship(bytes);
  }
}

function authorship(bytes: Uint8Array): Authorship {
  const text = Buffer.from(bytes).toString('utf8');
  const match = /^author (.{0,1000}) (-?\d{1,15}) ([+-]\d{4})$/m.exec(text.slice(0, text.indexOf('\n\n') + 1));
  if (match === null) return {};
  const [, author = '', seconds = '', zone = ''] = match;
  const date = isoDate(Number(seconds), zone);
  return date === undefined ? { author } : { author, date };
}

/** ISO 8601 in the author's own zone. */
function isoDate(seconds: number, zone: string): string | undefined {
  const sign = zone.startsWith('-') ? -1 : 1;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  const local = new Date((seconds + sign * minutes * 60) * 1000);
  if (Number.isNaN(local.getTime())) return undefined;
  return `${local.toISOString().slice(0, 19)}${zone.slice(0, 3)}:${zone.slice(3, 5)}`;
}

/** Where an object that no commit reaches is said to be. */
export const unreachable = (id: Uint8Array | string): { readonly path: string; readonly origin: Origin } => {
  const blob = typeof id === 'string' ? id : toHex(id);
  return { path: `git:${blob.slice(0, 12)}`, origin: { blob, reachable: false } };
};
