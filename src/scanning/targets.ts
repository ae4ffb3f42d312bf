import { availableParallelism } from 'node:os';
import { ownVersion } from '../foundation/own-version.ts';
import type { Detector } from './detector.ts';
import type { Format } from './format.ts';
import type { Source } from './source.ts';

/** What is to be scanned. */
export type ScanTarget =
  | {
      readonly kind: 'paths';
      /** Files and folders. */
      readonly paths: readonly string[];
      /** What to leave out, as lines of a `.gitignore`. */
      readonly exclude?: readonly string[];
      readonly respectGitignore?: boolean;
      /** 1 for none besides this one. */
      readonly threads?: number;
    }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array>; readonly name: string }
  /** What the next commit of this repository would change. */
  | {
      readonly kind: 'staged';
      readonly repository: string;
      /** All that the index holds, not only what differs from HEAD. */
      readonly whole?: boolean;
    }
  /** Every object of this repository. */
  | { readonly kind: 'history'; readonly repository: string; readonly threads?: number }
  /** `a..b` */
  | { readonly kind: 'range'; readonly repository: string; readonly range: string }
  /** What git tells a `pre-push` hook: the remote's name, and lines `ref new ref old`. */
  | { readonly kind: 'pushed'; readonly repository: string; readonly updates: string; readonly remote: string }
  /** What git tells a `pre-receive` hook: lines `old new ref`. */
  | { readonly kind: 'received'; readonly repository: string; readonly updates: string };

type Target<Kind extends ScanTarget['kind']> = Extract<ScanTarget, { readonly kind: Kind }>;

interface Rules {
  readonly detectors: readonly Detector[];
  readonly formats: readonly Format[];
}

/** The source for a target; its module is loaded only now, so that a hook starts without the others. */
export async function openTarget(target: ScanTarget, rules: Rules): Promise<Source> {
  switch (target.kind) {
    case 'paths':
      return pathsSource(target);
    case 'stream': {
      const { standardInput } = await import('./sources/standard-input.ts');
      return standardInput(target.stream, target.name);
    }
    case 'staged': {
      const { staged } = await import('./sources/git/staged.ts');
      return staged(target.repository, hookEnvironment(target.repository), target.whole);
    }
    case 'history':
      return historySource(target, rules);
    default:
      return commitsSource(target);
  }
}

/** Where there is enough to do; more than two have little left to share. */
const USUAL_THREADS = 2;

async function pathsSource({ paths, exclude, respectGitignore, threads }: Target<'paths'>): Promise<Source> {
  const { files } = await import('./sources/files.ts');
  return files(paths, {
    threads: threads ?? Math.min(USUAL_THREADS, availableParallelism()),
    ...(exclude === undefined ? {} : { exclude }),
    ...(respectGitignore === undefined ? {} : { respectGitignore }),
  });
}

async function historySource({ repository, threads }: Target<'history'>, { detectors, formats }: Rules): Promise<Source> {
  const { history } = await import('./sources/git/history.ts');
  const { ruleSet } = await import('./sources/git/known-blobs.ts');
  const { userKey } = await import('./sources/git/user-key.ts');
  const key = userKey();
  return history(repository, {
    submodules: true,
    // Without a key there is no knowing whose notes those are.
    ...(key === undefined ? {} : { memory: { rules: ruleSet(detectors, formats, await ownVersion()), key } }),
    threads: threads ?? Math.min(USUAL_THREADS, availableParallelism()),
  });
}

const nothing: Source = async function* () {};

/** In a hook, git says in the environment which index and which objects it means; they are those of the working directory. */
const hookEnvironment = (repository: string): NodeJS.ProcessEnv => (repository === '.' ? process.env : {});

async function known({ repository, remote }: Target<'pushed'>): Promise<readonly string[]> {
  const { knownByRemote } = await import('./sources/git/remotes.ts');
  const { locateRepository } = await import('./sources/git/repository.ts');
  return knownByRemote(locateRepository(repository, hookEnvironment(repository)), remote);
}

async function commitsSource(target: Target<'range' | 'pushed' | 'received'>): Promise<Source> {
  const { commitsOf, pushedCommits, range, receivedCommits } = await import('./sources/git/range.ts');
  const { repository } = target;
  if (target.kind === 'range') return range(repository, commitsOf(target.range), hookEnvironment(repository));
  const environment = hookEnvironment(repository);
  const commits = target.kind === 'pushed' ? pushedCommits(target.updates, await known(target)) : receivedCommits(target.updates);
  return commits === undefined ? nothing : range(repository, commits, environment);
}
