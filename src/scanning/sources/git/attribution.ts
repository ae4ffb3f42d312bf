import type { Origin } from '../../sighting.ts';
import { gitOutput, startGit } from './git-process.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import type { Repository } from './repository.ts';

/** A commit that gave a blob a path, the earliest one that did. */
export interface Introduction {
  readonly blob: string;
  readonly path: string;
  readonly commit: string;
}

/** All that refs, reflogs, HEADs of work trees and the index's stashes reach, parents first. */
const everything = ['rev-list', '--all', '--reflog', '--topo-order', '--reverse', '--ignore-missing'] as const;
const difference = [
  'diff-tree',
  '--stdin',
  '-r',
  '--root',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
];

/**
 * For each of the blobs every path with the earliest commit that gave it to it, in the order of the commits; blobs that no commit
 * reaches are left out. One pass over the differences of all commits.
 * @throws WatchwordError client.usage when git fails
 */
export async function introductions(
  repository: Repository,
  blobs: ReadonlySet<string>,
  commits: readonly string[] = everything,
): Promise<Introduction[]> {
  const found: Introduction[] = [];
  const seen = new Set<string>();
  await differences(repository, commits, difference, blobs, seen, found);
  const attributed = new Set(found.map(({ blob }) => blob));
  const rest = new Set([...blobs].filter((blob) => !attributed.has(blob)));
  // Content that only a merge brought in differs from every parent: looked for only when something is missing.
  if (rest.size > 0) await differences(repository, [...commits, '--merges'], [...difference, '-m'], rest, seen, found);
  return found;
}

async function differences(
  repository: Repository,
  commits: readonly string[],
  diff: readonly string[],
  blobs: ReadonlySet<string>,
  seen: Set<string>,
  found: Introduction[],
): Promise<void> {
  const listing = startGit(repository, commits);
  const comparing = startGit(repository, diff, { from: listing });
  listing.stderr?.resume();
  let commit = '';
  let blob: string | undefined;
  for await (const field of fields(gitOutput(comparing, 'looking for the commits of findings'))) {
    if (blob !== undefined) {
      const path = field.toString('utf8');
      const key = `${blob} ${path}`;
      if (blobs.has(blob) && !seen.has(key)) {
        seen.add(key);
        found.push({ blob, path, commit });
      }
      blob = undefined;
    } else if (field[0] === 0x3a) {
      // `:100644 100644 OLD NEW M`, then the path in the next field.
      const text = field.toString('latin1');
      blob = text.split(' ', 4)[3] ?? '';
    } else commit = field.toString('latin1').split(/\s/, 1)[0] ?? '';
  }
}

/** NUL-separated fields of a stream. */
async function* fields(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}

/** Who wrote a commit and when. */
interface Authorship {
  readonly author?: string;
  readonly date?: string;
}

/** Reads authors of commits, each once. */
export class Authors {
  readonly #store: ObjectStore;
  readonly #known = new Map<string, Authorship>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  origin({ blob, commit }: Introduction): Origin {
    let authorship = this.#known.get(commit);
    if (authorship === undefined) {
      authorship = this.#read(commit);
      this.#known.set(commit, authorship);
    }
    return { blob, commit, ...authorship, reachable: true };
  }

  #read(commit: string): Authorship {
    const bytes = this.#store.read(Buffer.from(commit, 'hex'))?.bytes;
    if (bytes === undefined) return {};
    const text = Buffer.from(bytes).toString('utf8');
    const match = /^author (.{0,1000}) (-?\d{1,15}) ([+-]\d{4})$/m.exec(text.slice(0, text.indexOf('\n\n') + 1));
    if (match === null) return {};
    const [, author = '', seconds = '', zone = ''] = match;
    const date = isoDate(Number(seconds), zone);
    return date === undefined ? { author } : { author, date };
  }
}

/** ISO 8601 in the author's own zone. */
export function isoDate(seconds: number, zone: string): string | undefined {
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
