import { isWatchwordError } from '../../../foundation/errors.ts';
import type { ScanEvent } from '../../sighting.ts';
import type { ScanContext, Source } from '../../source.ts';
import { Attributor } from './attributor.ts';
import { Gaps } from './gaps.ts';
import { reportHits } from './hit-report.ts';
import { KnownBlobs } from './known-blobs.ts';
import type { Memory } from './memory-file.ts';
import { ObjectStore } from './object-store.ts';
import { sweepObjects } from './object-sweep.ts';
import { locateRepository, type Repository, submodules } from './repository.ts';
import { refusePipes } from './special-files.ts';
import { SecretNames, Sweep } from './sweep.ts';

export interface HistoryOptions {
  /** The histories of fetched submodules too; their paths begin with the submodule's name. */
  readonly submodules?: boolean;
  /** Remember in the git directory what was scanned under these rules, and scan only what is new. */
  readonly memory?: Memory;
  /** 1, which is none besides this one, unless said. */
  readonly threads?: number;
}

/**
 * Everything a repository's object database holds: each blob once, whatever branch, stash, note or reflog it belongs to, and
 * those that nothing reaches. For each secret and path the earliest commit is reported. Git itself is asked only for commits.
 * @throws WatchwordError client.usage when `path` is in no repository
 */
export function history(path: string, options: HistoryOptions = {}): Source {
  return async function* (context) {
    const repository = locateRepository(path);
    yield* scanHistory(repository, context, options, '');
    if (options.submodules !== true) return;
    for (const { name, gitDir } of submodules(repository)) {
      if (context.signal?.aborted === true) return;
      try {
        yield* scanHistory(locateRepository(gitDir), context, options, `${name}/`);
      } catch (error) {
        // The others are to be scanned all the same.
        if (!isWatchwordError(error)) throw error;
        yield { kind: 'not-scanned', path: `${name}/`, reason: error.message };
      }
    }
  };
}

async function* scanHistory(
  repository: Repository,
  context: ScanContext,
  options: HistoryOptions,
  prefix: string,
): AsyncGenerator<ScanEvent> {
  refusePipes(repository);
  const store = new ObjectStore(repository);
  let attributor: Attributor | undefined;
  try {
    const gaps = new Gaps(repository.path);
    for (const { path, reason } of store.problems) gaps.add(path, reason);
    const known = options.memory === undefined ? undefined : new KnownBlobs(repository, options.memory);
    const kept = known?.findings;
    attributor = new Attributor(repository, store, kept);
    const secrets = new SecretNames(known?.namesKey);
    const sweep = new Sweep(context, secrets);
    for (const [id, names] of kept?.hits ?? []) if (store.has(Buffer.from(id, 'hex'))) sweep.hits.set(id, names);
    // Git answers while the objects are listed.
    if (sweep.hits.size > 0) attributor.prepare();
    const onHit = (): void => attributor?.begin();
    await sweepObjects({ repository, store, sweep, known, gaps, context, threads: options.threads ?? 1, onHit });
    yield* gaps.events();
    const { introduced, reached, problem } = await attributor.of(sweep.hits);
    if (problem !== undefined) yield { kind: 'not-scanned', path: repository.path, reason: problem };
    yield* reportHits({ context, store, secrets, prefix, hits: sweep.hits, introduced, reached, kept });
    known?.save(sweep.hits);
  } finally {
    attributor?.close();
    store.close();
  }
}
