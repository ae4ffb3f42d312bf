import { createHash } from 'node:crypto';
import { isWatchwordError } from '../../../foundation/errors.ts';
import { everyChange, historyState, introductions, isMessage, reachedMessages } from './attribution.ts';
import type { ChangeListing } from './change-listing.ts';
import type { Attribution, Hits, KeptFindings } from './kept-findings.ts';
import type { ObjectStore } from './object-store.ts';
import type { Repository } from './repository.ts';

export interface Attributed extends Attribution {
  /** Why nothing is known. */
  readonly problem?: string;
}

/** Finds out which commits brought in what was found. Git lists them while we go on scanning. */
export class Attributor {
  readonly #repository: Repository;
  readonly #store: ObjectStore;
  readonly #kept: KeptFindings | undefined;
  #state: Promise<string | undefined> | undefined;
  #listing: Promise<ChangeListing> | undefined;
  #isClosed = false;

  constructor(repository: Repository, store: ObjectStore, kept: KeptFindings | undefined) {
    this.#repository = repository;
    this.#store = store;
    this.#kept = kept;
  }

  /** There is something to attribute, which may be known already: git says in which state the history is. */
  prepare(): void {
    this.#state ??= stateOf(this.#repository);
  }

  /** There is something to attribute that is not known: git begins to list all changes. */
  begin(): void {
    this.#listing ??= this.#begun();
  }

  async #begun(): Promise<ChangeListing> {
    // What changes meanwhile is in the listing and not in the state, never the other way round.
    if (this.#kept !== undefined) this.prepare();
    await this.#state;
    const listing = everyChange(this.#repository, true);
    if (this.#isClosed) listing.stop();
    return listing;
  }

  /** Findings without their commits are worth more than none. What is known of the same state and hits is taken from there. */
  async of(hits: Hits): Promise<Attributed> {
    const none = { introduced: [], reached: new Set<string>() };
    if (hits.size === 0) return none;
    try {
      if (this.#kept === undefined) return await this.#attribution(hits);
      this.prepare();
      const before = await this.#state;
      const known = before === undefined ? undefined : this.#kept.attribution(nameOf(before, hits));
      const found = known ?? (await this.#attribution(hits));
      // What changed meanwhile may be in it or not.
      if (before !== undefined && (known !== undefined || before === (await stateOf(this.#repository))))
        this.#kept.keepAttribution(nameOf(before, hits), found);
      return found;
    } catch (error) {
      if (!isWatchwordError(error)) throw error;
      return { ...none, problem: `commits of the findings are not known: ${error.message}` };
    }
  }

  /** Git goes on with nothing. */
  close(): void {
    this.#isClosed = true;
    this.#listing?.then((listing) => listing.stop());
  }

  async #attribution(hits: Hits): Promise<Attribution> {
    const introduced = await introductions(this.#repository, new Set(hits.keys()), await this.#listing);
    const blobs = new Set(introduced.map(({ blob }) => blob));
    const messages = new Set([...hits.keys()].filter((id) => !blobs.has(id) && isMessage(this.#store, id)));
    return { introduced, reached: messages.size === 0 ? messages : await reachedMessages(this.#repository, messages) };
  }
}

/** Undefined when git fails: then nothing is taken from what was known. */
async function stateOf(repository: Repository): Promise<string | undefined> {
  try {
    return await historyState(repository);
  } catch (error) {
    if (!isWatchwordError(error)) throw error;
    return undefined;
  }
}

/** Of a state and the objects that are looked for in it. */
function nameOf(state: string, hits: Hits): string {
  return createHash('sha256')
    .update([state, ...[...hits.keys()].sort()].join('\n'))
    .digest('hex');
}
