import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A secret value. It owns its bytes: they are copied in, and `dispose` (or `using`) zeroes them.
 * Printing, JSON and `util.inspect` show `[redacted]`; only `bytes` and `text` reveal it, so that
 * every revealing place can be found by searching for those two words.
 */
export class Secret implements Disposable {
  #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Copies `bytes`; the caller keeps (and should zero) its own. */
  static copy(bytes: Uint8Array): Secret {
    return new Secret(Buffer.from(bytes));
  }

  /** Takes over `bytes` without copying: the caller must not use them afterwards. */
  static own(bytes: Buffer): Secret {
    return new Secret(bytes);
  }

  /** A JavaScript string cannot be zeroed: use it only where a string arrived from outside. */
  static fromText(text: string): Secret {
    return new Secret(Buffer.from(text, 'utf8'));
  }

  /** The bytes themselves, not a copy; all zero after `dispose`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get text(): string {
    return this.#bytes.toString('utf8');
  }

  get length(): number {
    return this.#bytes.length;
  }

  dispose(): void {
    this.#bytes.fill(0);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
