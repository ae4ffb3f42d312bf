/** Buffers to be used again: fresh memory costs more than inflating into it. A buffer has a power of two bytes. */
export class Buffers {
  readonly #free: Uint8Array[][] = [];

  /** At least `size` bytes, with whatever was in them. */
  take(size: number): Uint8Array {
    const power = Math.max(12, 32 - Math.clz32(size - 1));
    // Not a `Buffer`, whose views cost several times as much to make.
    return this.#free[power]?.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(2 ** power).buffer);
  }

  /** Whoever gives a buffer back uses it no more. Large ones are let go. */
  give(buffer: Uint8Array): void {
    if (buffer.length > 16 * 1024 * 1024) return;
    const power = 31 - Math.clz32(buffer.length);
    this.#free[power] ??= [];
    this.#free[power].push(buffer);
  }
}
