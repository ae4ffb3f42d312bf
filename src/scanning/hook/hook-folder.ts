import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { WatchwordError } from '../../foundation/errors.ts';
import { locateRepository } from '../sources/git/repository.ts';

const run = promisify(execFile);

export const frameworks = ['git', 'pre-commit', 'husky'] as const;
export type Framework = (typeof frameworks)[number];

/** Where hooks of a repository go, and who looks after them. */
export interface HookPlace {
  /** Top of the work tree; the repository itself when it is bare. */
  readonly root: string;
  /** `core.hooksPath` counts. */
  readonly hooks: string;
  readonly framework: Framework;
}

/** @throws WatchwordError `client.usage` outside of a repository, and in one that git cannot be asked about */
export async function hookPlace(folder: string): Promise<HookPlace> {
  // Refuses what git would wait for without end.
  locateRepository(folder, process.env);
  const hooks = resolve(folder, await revParse(folder, '--git-path', 'hooks'));
  const isBare = (await revParse(folder, '--is-bare-repository')) === 'true';
  const root = isBare ? resolve(folder, await revParse(folder, '--git-dir')) : await revParse(folder, '--show-toplevel');
  return { root, hooks, framework: frameworkOf(root, hooks) };
}

export const PRE_COMMIT_CONFIG = '.pre-commit-config.yaml';

function frameworkOf(root: string, hooks: string): Framework {
  if (/[\\/]\.husky(?:[\\/]_)?$/.test(hooks)) return 'husky';
  return existsSync(join(root, PRE_COMMIT_CONFIG)) ? 'pre-commit' : 'git';
}

async function revParse(folder: string, ...words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', folder, 'rev-parse', ...words]);
    return stdout.replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new WatchwordError('client.usage', 'git is not installed.');
    }
    throw new WatchwordError('client.usage', 'This is not a git repository.', { where: folder });
  }
}
