import type { Pack } from './pack.ts';

/** Bytes of all that are held, and of the largest one. */
const ROOM = 32 * 1024 * 1024;
const LARGEST = 2 * 1024 * 1024;

export interface Base {
  /** 1 to 4 as in `kinds`. */
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/**
 * Objects that others were built on lately. Whoever reads the versions of a file one after another gets them from the same chain of
 * deltas, of which each is built on nearly all of the one before.
 */
export class Bases {
  readonly #held = new Map<string, Base>();
  #bytes = 0;

  /** Not to be changed, nor handed out. */
  get(pack: Pack, offset: number): Base | undefined {
    return this.#held.get(keyOf(pack, offset));
  }

  add(pack: Pack, offset: number, base: Base): void {
    const key = keyOf(pack, offset);
    if (base.bytes.length > LARGEST || this.#held.has(key)) return;
    this.#held.set(key, base);
    this.#bytes += base.bytes.length;
    for (const [oldest, { bytes }] of this.#held) {
      if (this.#bytes <= ROOM) return;
      this.#held.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }

  clear(): void {
    this.#held.clear();
    this.#bytes = 0;
  }
}

const keyOf = ({ path }: Pack, offset: number): string => `${offset} ${path}`;
