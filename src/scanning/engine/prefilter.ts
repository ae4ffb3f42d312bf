/**
 * Finds the places of a text at which a match may begin: wherever an anchor stands in surroundings that its way of searching asks
 * for, and possibly elsewhere, never fewer.
 */
export interface Prefilter {
  /** Where the text is put before `run`. */
  readonly window: Buffer;
  /**
   * Looks at the first `length` bytes of the window. `visit` is told where an anchor begins (possibly a little before or behind
   * them) and its position in the list of anchors. What stands in the window behind these bytes may be overwritten.
   */
  run(length: number, visit: (at: number, anchor: number) => void): void;
  /** Of the last `run`: what `longRuns` of the layers finds, where the prefilter has come upon it. */
  runs(): readonly number[] | undefined;
  /** Likewise, for layers that begin with an escape: the places of all that one could begin with. Valid until the next `run`. */
  escapes(): Uint32Array | undefined;
}

/** Bytes of a window. Longer texts are looked at in pieces. */
export const WINDOW_SIZE = 4 * 1024 * 1024;
