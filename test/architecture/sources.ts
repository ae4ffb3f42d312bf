import { globSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const repository = join(import.meta.dirname, '../..');

/** Made or fetched, not written: what `.gitignore` names. */
const made = new Set(['node_modules', 'dist', 'coverage', '.git', '.ci-cache', '.watchword', '__pycache__']);

export interface SourceFile {
  /** Below the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** The repository's own files that a glob matches, those that git does not know yet among them. */
export function sourceFiles(pattern: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: repository, exclude: ({ name }) => made.has(name), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => made.has(part)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }));
}

/** Everything that is written by hand, in any language; `**` alone leaves out what begins with a dot. */
export const ownFiles = (): readonly SourceFile[] => [...sourceFiles('**/*'), ...sourceFiles('.*'), ...sourceFiles('.ci/**/*')];

export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.includes('/testing/');
