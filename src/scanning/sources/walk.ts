import { type Dirent, readdirSync } from 'node:fs';
import { nameOf } from '../file-name.ts';
import type { NotScanned } from '../sighting.ts';
import { reasonOf } from '../unfolder.ts';
import type { FileToScan } from './read-file.ts';

/** What of a repository's own folder is text that somebody wrote; objects are the business of the history. */
const GIT = /^(?:config(?:\.worktree)?|credentials|COMMIT_EDITMSG|FETCH_HEAD|MERGE_MSG|hooks\/.*(?<!\.sample)|info\/.*)$/;

export interface WalkOptions {
  /** Files and folders not to be scanned. */
  readonly ignores?: (path: string, isFolder: boolean) => boolean;
  /** Rules that a folder brings along, for itself and what is below; asked before its entries. */
  readonly entering?: (folder: string, entries: readonly string[]) => void;
  /** Before every reported path. */
  readonly prefix?: string;
}

interface Folder {
  readonly open: string | Buffer;
  /** Below the root, with a `/` at the end unless it is the root. */
  readonly path: string;
  readonly git: boolean;
}

/**
 * The regular files below a folder. Links are not followed, and pipes, sockets and devices are not opened. A folder that cannot be
 * read is an event.
 */
export function* walk(root: string, options: WalkOptions = {}): Generator<FileToScan | NotScanned> {
  const waiting: Folder[] = [{ open: root.endsWith('/') ? root : `${root}/`, path: '', git: false }];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    try {
      yield* entriesOf(folder, options, waiting);
    } catch (error) {
      yield { kind: 'not-scanned', path: `${options.prefix ?? ''}${folder.path}` || '.', reason: reasonOf(error) };
    }
  }
}

function* entriesOf(folder: Folder, options: WalkOptions, waiting: Folder[]): Generator<FileToScan> {
  const { ignores, prefix = '' } = options;
  const entries = readFolder(folder.open);
  options.entering?.(
    folder.path,
    entries.map(({ name }) => name),
  );
  for (const { name, open, entry } of entries) {
    const path = folder.path + name;
    if (entry.isDirectory()) {
      const git = folder.git || name === '.git';
      if (!(ignores?.(path, true) ?? false)) waiting.push({ open: withSlash(open), path: `${path}/`, git });
    } else if (entry.isFile()) {
      if (folder.git && !GIT.test(path.slice(path.lastIndexOf('.git/') + 5))) continue;
      if (!(ignores?.(path, false) ?? false)) yield { open, path: prefix + path };
    }
  }
}

interface Entry {
  readonly name: string;
  readonly open: string | Buffer;
  readonly entry: Pick<Dirent, 'isDirectory' | 'isFile'>;
}

/** Names that are not UTF-8 are kept as the bytes they are, or the files could not be opened. */
function readFolder(open: string | Buffer): Entry[] {
  if (typeof open === 'string') {
    const entries = readdirSync(open, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes('\ufffd')))
      return entries.map((entry) => ({ name: entry.name, open: open + entry.name, entry }));
  }
  const folder = Buffer.from(open);
  const entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  return entries.map((entry) => ({ name: nameOf(entry.name), open: Buffer.concat([folder, entry.name]), entry }));
}

const withSlash = (open: string | Buffer): string | Buffer =>
  typeof open === 'string' ? `${open}/` : Buffer.concat([open, Buffer.from('/')]);
