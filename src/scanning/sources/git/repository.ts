import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { WatchwordError } from '../../../foundation/errors.ts';
import { regularText } from '../../own-file.ts';

/** Where a repository keeps its things. Read from the files, without running git. */
export interface Repository {
  /** As it was named. */
  readonly path: string;
  /** Of this work tree: the index and HEAD are here. */
  readonly gitDir: string;
  /** Shared by all work trees: objects and refs are here. */
  readonly commonDir: string;
  /** Existing folders of objects, alternates included; the repository's own first. */
  readonly objectDirs: readonly string[];
  /** 20 for SHA-1, 32 for SHA-256. */
  readonly idBytes: number;
  /** Instead of the one in `gitDir`. */
  readonly indexFile?: string;
  /** Objects may be absent on purpose. */
  readonly partial: boolean;
}

const DEPTH = 10;
/** Bytes of a configuration, or of another file that steers git. */
const LARGEST_TEXT = 16 * 1024 * 1024;

const readText = (path: string): string | undefined => {
  try {
    return regularText(path, LARGEST_TEXT);
  } catch {
    return undefined;
  }
};

const isGitDir = (path: string): boolean =>
  existsSync(join(path, 'HEAD')) && (existsSync(join(path, 'objects')) || existsSync(join(path, 'commondir')));

/** The git directory that `path` has or is; undefined when it is neither. */
function gitDirAt(path: string): string | undefined {
  const dotGit = join(path, '.git');
  if (isGitDir(dotGit)) return dotGit;
  if (existsSync(dotGit) && statSync(dotGit).isFile()) {
    const target = readText(dotGit)?.match(/^gitdir: (.+?)\r?\n?$/)?.[1];
    if (target !== undefined) return resolve(path, target);
  }
  return isGitDir(path) ? path : undefined;
}

function findGitDir(path: string, { GIT_DIR: told }: NodeJS.ProcessEnv): string {
  if (told !== undefined) {
    if (isGitDir(told)) return resolve(told);
    throw new WatchwordError('client.usage', 'GIT_DIR is no git repository', { where: told });
  }
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = gitDirAt(folder);
    if (found !== undefined && isGitDir(found)) return found;
    if (folder === dirname(folder))
      throw new WatchwordError('client.usage', `${path} is not in a git repository`, { where: path });
  }
}

/** Alternates, of alternates too, in the order in which git looks. Missing folders are left out, as git does. */
function withAlternates(first: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    if (depth > DEPTH || found.includes(folder) || !existsSync(folder)) return;
    found.push(folder);
    for (const line of (readText(join(folder, 'info', 'alternates')) ?? '').split('\n')) {
      const other = line.trim();
      if (other !== '' && !other.startsWith('#')) visit(resolve(folder, other), depth + 1);
    }
  };
  for (const folder of first) visit(folder, 0);
  return found;
}

/** `GIT_OBJECT_DIRECTORY` and its alternates count only where a hook runs in the repository that they are about. */
function environmentDirs(environment: NodeJS.ProcessEnv): string[] {
  const own = environment.GIT_OBJECT_DIRECTORY;
  const others = environment.GIT_ALTERNATE_OBJECT_DIRECTORIES?.split(delimiter) ?? [];
  return [...(own === undefined ? [] : [own]), ...others].filter((folder) => folder !== '').map((folder) => resolve(folder));
}

/** The value of `extensions.objectformat` in a repository's own configuration; its includes cannot set it. */
const usesSha256 = (config: string): boolean => /^\s*objectformat\s*=\s*"?sha256"?\s*$/im.test(config);

/** What git reads in every repository, and would wait for without end if it were a pipe. */
function refuseSpecialFiles(gitDir: string, commonDir: string, objectDirs: readonly string[]): void {
  const own = ['HEAD', 'index', 'commondir', 'config.worktree'].map((name) => join(gitDir, name));
  const shared = ['config', 'packed-refs', 'shallow'].map((name) => join(commonDir, name));
  const alternates = objectDirs.map((folder) => join(folder, 'info', 'alternates'));
  for (const file of [...own, ...shared, ...alternates])
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
      throw new WatchwordError('client.usage', 'git is not asked about a repository in which this is no file', { where: file });
}

/**
 * The repository that `path` is in: a work tree, a linked work tree, a bare repository or a git directory. `environment` is ours
 * when a git hook runs us: git names there the repository, the index and the objects that it is about.
 * @throws WatchwordError client.usage when there is none, or files by which git is steered are pipes, devices or folders
 */
export function locateRepository(path: string, environment: NodeJS.ProcessEnv = {}): Repository {
  const gitDir = findGitDir(path, environment);
  const common = readText(join(gitDir, 'commondir'))?.trim();
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common);
  const objectDirs = withAlternates([...environmentDirs(environment), join(commonDir, 'objects')]);
  refuseSpecialFiles(gitDir, commonDir, objectDirs);
  const config = readText(join(commonDir, 'config')) ?? '';
  const hasPromisor = objectDirs.some((folder) => packNames(folder, '.promisor').length > 0);
  const partial = hasPromisor || /^\s*(?:partialclone|promisor)\s*=/im.test(config);
  const index = environment.GIT_INDEX_FILE;
  const indexFile = index === undefined ? {} : { indexFile: resolve(index) };
  return { path, gitDir, commonDir, objectDirs, idBytes: usesSha256(config) ? 32 : 20, partial, ...indexFile };
}

/** Files in a folder's `pack`, without the ending. */
export function packNames(objectDir: string, ending: string): string[] {
  const folder = join(objectDir, 'pack');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name.slice(0, -ending.length)))
    .sort();
}

/** Git directories of the submodules that were fetched, by name; of their submodules too. */
export function submodules({ commonDir }: Repository): { readonly name: string; readonly gitDir: string }[] {
  const found: { name: string; gitDir: string }[] = [];
  const visit = (folder: string, name: string, depth: number): void => {
    if (depth > DEPTH || !existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const inner = join(folder, entry.name);
      const innerName = name === '' ? entry.name : `${name}/${entry.name}`;
      if (isGitDir(inner)) {
        found.push({ name: innerName, gitDir: inner });
        visit(join(inner, 'modules'), innerName, depth + 1);
      } else visit(inner, innerName, depth + 1);
    }
  };
  visit(join(commonDir, 'modules'), '', 0);
  return found;
}
