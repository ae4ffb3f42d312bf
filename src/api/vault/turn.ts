/**
 * Lets what came in with one turn of the event loop go on together: each request takes one step before any takes the next, so
 * that the processor runs the code of one step for all of them, and not the whole way anew for each. It costs no time, since the
 * log makes them durable together anyway.
 */
export class Turn {
  #next: Promise<void> | undefined;

  /** The same promise for everybody who asks in the same turn. */
  next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#next = undefined;
        resolve();
      });
    });
    return this.#next;
  }
}
