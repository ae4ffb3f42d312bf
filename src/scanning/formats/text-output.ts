import type { TextPiece } from '../format.ts';
import { MappedText } from './mapped-text.ts';

/** Texts are handed out when they have grown to this. */
const ENOUGH = 1024 * 1024;

/** Text of a binary file, collected until it is worth a scan. Its positions are those in the text: lines of a binary file say nothing. */
export class TextOutput {
  #text = new MappedText();

  get text(): MappedText {
    return this.#text;
  }

  /** One string on a line of its own. */
  string(address: string, bytes: Uint8Array): void {
    this.#text.begin(address);
    this.#text.copy(bytes, 0, bytes.length, 0);
  }

  /** `key = "value"`, so that rules see whose value it is. */
  pair(address: string, key: Uint8Array | string, value: Uint8Array): void {
    this.#text.begin(address);
    if (typeof key === 'string') this.#text.write(key, 0);
    else this.#text.copy(key, 0, key.length, 0);
    this.#text.write(' = "', 0);
    this.#text.copy(value, 0, value.length, 0);
    this.#text.write('"', 0);
  }

  /** What there is, once it is enough. */
  *grown(): Generator<TextPiece> {
    if (this.#text.length >= ENOUGH) yield* this.rest();
  }

  *rest(): Generator<TextPiece> {
    if (this.#text.length === 0) return;
    yield this.#text.piece(false);
    this.#text = new MappedText();
  }
}
