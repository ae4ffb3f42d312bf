import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { IgnoreRules } from '../ignore-rules.ts';
import { regularText } from '../own-file.ts';
import type { NotScanned } from '../sighting.ts';
import type { Source } from '../source.ts';
import { inThreads } from '../workers.ts';
import type { FileToScan } from './read-file.ts';
import { scanShares } from './scan-files.ts';
import { walk } from './walk.ts';

/** From this many files on a second thread gains more than its start costs. */
const MANY = 4000;

export interface DirectoryOptions {
  /** Leaves out what git leaves out. Off unless said: secrets like to lie in ignored files. */
  readonly respectGitignore?: boolean;
  /** What is not scanned, as lines of a `.gitignore` at the root. */
  readonly exclude?: readonly string[];
  /** Before every reported path. */
  readonly prefix?: string;
  /** How many threads scan, this one included. 1 unless said. */
  readonly threads?: number;
}

/** Every file below `root`; reported by its path from there. */
export function directory(root: string, options: DirectoryOptions = {}): Source {
  return async function* (context) {
    const files: FileToScan[] = [];
    const problems: NotScanned[] = [];
    for (const entry of walk(root, { ...rulesOf(root, options), prefix: options.prefix ?? '' })) {
      if ('kind' in entry) problems.push(entry);
      else files.push(entry);
    }
    context.progress.expectedFiles += files.length;
    yield* problems;
    const task = { name: 'files', input: files, run: scanShares };
    yield* inThreads(task, context, files.length < MANY ? 1 : (options.threads ?? 1));
  };
}

function rulesOf(
  root: string,
  { respectGitignore, exclude = [] }: DirectoryOptions,
): Pick<Parameters<typeof walk>[1] & object, 'ignores' | 'entering'> {
  const excluded = new IgnoreRules().with(exclude.join('\n'));
  if (respectGitignore !== true) return excluded.isEmpty ? {} : { ignores: (path, isFolder) => excluded.ignores(path, isFolder) };
  const { above, at } = rulesAbove(root);
  const prefix = at === '' ? '' : `${at}/`;
  const byFolder = new Map<string, IgnoreRules>();
  return {
    ignores(path, isFolder) {
      if (excluded.ignores(path, isFolder)) return true;
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      return (byFolder.get(folder) ?? above).ignores(prefix + path, isFolder);
    },
    entering(folder, entries) {
      const parent = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
      const inherited = folder === '' ? above : (byFolder.get(parent) ?? above);
      const own = entries.includes('.gitignore') ? textOf(resolve(root, folder, '.gitignore')) : '';
      // The ones above include the root's own.
      byFolder.set(folder, own === '' || folder === '' ? inherited : inherited.with(own, prefix + folder));
    },
  };
}

/** The rules that the repository around `root` has for it, and where in the repository `root` is. */
function rulesAbove(root: string): { readonly above: IgnoreRules; readonly at: string } {
  const start = resolve(root);
  let top = start;
  while (!existsSync(resolve(top, '.git'))) {
    const parent = dirname(top);
    if (parent === top) return { above: new IgnoreRules().with(textOf(resolve(start, '.gitignore'))), at: '' };
    top = parent;
  }
  const at = relative(top, start).split(sep).join('/');
  let rules = new IgnoreRules().with(textOf(resolve(top, '.git/info/exclude'))).with(textOf(resolve(top, '.gitignore')));
  const parts = at === '' ? [] : at.split('/');
  for (const place of parts.keys()) {
    const folder = parts.slice(0, place + 1).join('/');
    rules = rules.with(textOf(resolve(top, folder, '.gitignore')), `${folder}/`);
  }
  return { above: rules, at };
}

const MOST_RULES = 16 * 1024 * 1024;

/** Nothing for a file that is not there or cannot be read: more is scanned then, not less. */
function textOf(path: string): string {
  try {
    return regularText(path, MOST_RULES) ?? '';
  } catch {
    return '';
  }
}
