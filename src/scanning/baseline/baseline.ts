import type { Found, Silence } from '../findings.ts';
import type { BaselineEntry, BaselineFile } from './baseline-file.ts';

/** What a run learned about its baseline. */
export interface BaselineReport {
  readonly path: string;
  readonly entries: number;
  /** They silence nothing any more, and were met. */
  readonly expired: readonly BaselineEntry[];
  /** Not seen by a scan that would have seen them; they can go. */
  readonly stale: readonly BaselineEntry[];
  /** The baseline was made with another key than this run's: nothing is silenced, and the run is incomplete. */
  readonly foreignKey?: string;
}

/** Which of the entries silence what is found today, and which are never met. */
export class Baseline {
  readonly #path: string;
  readonly #file: BaselineFile;
  readonly #today: string;
  readonly #entries: ReadonlyMap<string, BaselineEntry>;
  readonly #met = new Set<string>();
  readonly #foreign: boolean;

  /** `today` is an ISO date, `keyId` the run's key. */
  constructor(file: BaselineFile, about: { readonly path: string; readonly today: string; readonly keyId: string }) {
    this.#file = file;
    this.#path = about.path;
    this.#today = about.today;
    this.#foreign = file.keyId !== about.keyId;
    this.#entries = new Map(this.#foreign ? [] : file.entries.map((entry) => [entry.fingerprint, entry]));
  }

  /** For what was just found. Counts it as met. */
  silenceOf(fingerprint: string): Silence | undefined {
    const entry = this.#entries.get(fingerprint);
    if (entry === undefined) return undefined;
    this.#met.add(fingerprint);
    if (isExpired(entry, this.#today)) return undefined;
    const { reason, owner, expires } = entry;
    return { by: 'baseline', reason, owner, ...(expires === null ? {} : { expires }) };
  }

  /** `seen` says what a complete scan has looked at; undefined when it looked at a part only, so that nothing can be called stale. */
  report(seen: BaselineEntry['seenIn'] | undefined): BaselineReport {
    const all = [...this.#entries.values()];
    return {
      path: this.#path,
      entries: this.#file.entries.length,
      expired: all.filter((entry) => this.#met.has(entry.fingerprint) && isExpired(entry, this.#today)),
      stale: all.filter((entry) => entry.seenIn === seen && !this.#met.has(entry.fingerprint)),
      ...(this.#foreign ? { foreignKey: this.#file.keyId } : {}),
    };
  }
}

const isExpired = ({ expires }: BaselineEntry, today: string): boolean => expires !== null && expires < today;

/** Who adds an entry, why, and for how long. */
export interface Claim {
  readonly reason: string;
  readonly owner: string;
  readonly expires: string | null;
  readonly today: string;
  readonly seenIn: BaselineEntry['seenIn'];
}

/** An entry for something that was found. */
export function entryFor({ fingerprint, detector, address }: Found, claim: Claim): BaselineEntry {
  const { reason, owner, expires, today, seenIn } = claim;
  return { fingerprint, detector, reason, owner, expires, path: address, seenIn, added: today };
}
