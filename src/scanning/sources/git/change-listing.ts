import type { ChildProcess } from 'node:child_process';
import { exitOf, gitOutput, startGit } from './git-process.ts';
import { type Change, rawChanges } from './raw-diff.ts';
import type { Repository } from './repository.ts';

const difference = ['diff-tree', '--stdin', '-r', '--root', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff'];
/** Bytes that are read ahead, roughly; then git waits. */
const MOST_AHEAD = 64 * 1024 * 1024;

export interface ListedCommits {
  /** What `rev-list` is told. */
  readonly commits: readonly string[];
  /** Whether merges are compared with all their parents; else they are passed by. */
  readonly merges?: boolean;
  /** For its standard input. */
  readonly text?: string;
}

/** The changes of commits, as git lists them. It has begun when it is made. */
export class ChangeListing {
  readonly #listing: ChildProcess;
  readonly #comparing: ChildProcess;
  readonly #listed: Promise<void>;
  readonly #pieces: AsyncIterable<Buffer>;

  /** With `ahead`, what git prints is taken in while others work, whenever they let the event loop have its turn. */
  constructor(repository: Repository, { commits, merges = true, text }: ListedCommits, ahead = false) {
    this.#listing = startGit(repository, ['rev-list', ...commits], text === undefined ? {} : { text });
    this.#comparing = startGit(repository, [...difference, ...(merges ? ['-c'] : [])], { from: this.#listing });
    this.#listed = exitOf(this.#listing, 'listing commits');
    this.#listed.catch(() => undefined);
    const pieces = gitOutput(this.#comparing, 'comparing commits');
    this.#pieces = ahead ? readAhead(pieces) : pieces;
  }

  /** In the order of the commits, some at a time. To be asked for once. @throws WatchwordError client.usage when git fails */
  async *changes(): AsyncGenerator<readonly Change[]> {
    try {
      yield* rawChanges(this.#pieces);
      await this.#listed;
    } finally {
      this.#listing.kill();
    }
  }

  /** For a listing that nobody wants any more. */
  stop(): void {
    this.#listing.kill();
    this.#comparing.kill();
  }
}

/** Begins to read at once. */
function readAhead(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const taken: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  let wake = (): void => {};
  let goOn = (): void => {};
  const reading = (async () => {
    try {
      for await (const piece of pieces) {
        taken.push(piece);
        bytes += piece.length;
        wake();
        if (bytes > MOST_AHEAD)
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
      }
    } finally {
      ended = true;
      wake();
    }
  })();
  reading.catch(() => undefined);
  return (async function* () {
    while (taken.length > 0 || !ended) {
      if (taken.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const pieces = taken.splice(0);
      bytes = 0;
      goOn();
      yield* pieces;
    }
    await reading;
  })();
}
