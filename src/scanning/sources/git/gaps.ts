import type { NotScanned } from '../../sighting.ts';

/** Told one by one; more of them in one line. */
const TOLD = 25;

/** What of a repository could not be scanned. */
export class Gaps {
  readonly #events: NotScanned[] = [];
  readonly #path: string;
  #more = 0;
  absent = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(path: string, reason: string): void {
    if (this.#events.length < TOLD) this.#events.push({ kind: 'not-scanned', path, reason });
    else this.#more += 1;
  }

  *events(): Generator<NotScanned> {
    yield* this.#events;
    const rest = (reason: string): NotScanned => ({ kind: 'not-scanned', path: this.#path, reason });
    if (this.#more > 0) yield rest(`${this.#more} more objects could not be read`);
    if (this.absent > 0) yield rest(`${this.absent} objects absent: the clone is partial, or damaged`);
  }
}
