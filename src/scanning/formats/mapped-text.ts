import type { TextPiece } from '../format.ts';

interface Part {
  readonly at: number;
  readonly address: string;
}

/** Between parts: no rule for "the keyword is on the line before" reaches from one to the next. */
const SEPARATOR = Buffer.from('\n\n');

/**
 * A text put together from stretches of a file, which remembers where each byte came from. Parts with addresses of their own lie
 * in one text, so that a file of a million small strings is not a million texts.
 */
export class MappedText {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;
  /** Stretches: from `#outs[i]` on, bytes come from `#raws[i]` on. */
  readonly #outs: number[] = [];
  readonly #raws: number[] = [];
  readonly #parts: Part[] = [];
  /** Line of a part at the place up to which its lines were counted. */
  #counted: { readonly part?: Part; readonly line: number; readonly to: number } = { line: 1, to: 0 };

  get length(): number {
    return this.#length;
  }

  /** What follows is found at `address`. */
  begin(address: string): void {
    if (this.#length > 0) this.#append(SEPARATOR, 0, SEPARATOR.length);
    this.#parts.push({ at: this.#length, address });
  }

  /** Adds `source[start..end)`, which the file holds from `raw` on. */
  copy(source: Uint8Array, start: number, end: number, raw: number = start): void {
    if (end <= start) return;
    this.#map(raw);
    this.#append(source, start, end);
  }

  /** Adds characters that the file spells in another way, at `raw`. */
  write(text: string, raw: number): void {
    if (text === '') return;
    const bytes = Buffer.from(text, 'utf8');
    this.#map(raw);
    this.#append(bytes, 0, bytes.length);
  }

  /** Adds one ASCII character that the file spells in another way. */
  writeByte(byte: number, raw: number): void {
    this.#map(raw);
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  endsWithNewline(): boolean {
    return this.#length > 0 && this.#bytes[this.#length - 1] === 10;
  }

  text(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Where in the file the byte at `offset` comes from. */
  rawOf(offset: number): number {
    const at = lastAtMost(this.#outs, offset);
    return at < 0 ? 0 : (this.#raws[at] as number) + offset - (this.#outs[at] as number);
  }

  /** `cell[3].source:5`. */
  addressOf(offset: number): string {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#parts[middle] as Part).at <= offset) low = middle;
      else high = middle - 1;
    }
    const part = this.#parts[low];
    return part === undefined ? '' : `${part.address}:${this.#lineIn(part, offset)}`;
  }

  /** Goes on from where it was asked last: a part may hold a million lines with something in each. */
  #lineIn(part: Part, offset: number): number {
    const known = this.#counted.part === part && this.#counted.to <= offset;
    let { line, to } = known ? this.#counted : { line: 1, to: part.at };
    const before = this.#bytes.subarray(0, offset);
    for (let at = before.indexOf(10, to); at >= 0; at = before.indexOf(10, to)) {
      line += 1;
      to = at + 1;
    }
    this.#counted = { part, line, to: Math.max(to, offset) };
    return line;
  }

  /** The same text without the stretches given, in rising order. */
  without(cuts: readonly (readonly [number, number])[]): MappedText {
    const kept = new MappedText();
    let from = 0;
    let part = 0;
    const keep = (end: number): void => {
      for (; part < this.#parts.length && (this.#parts[part] as Part).at < end; part += 1) {
        const { at, address } = this.#parts[part] as Part;
        this.#copyTo(kept, from, Math.max(from, at));
        from = Math.max(from, at);
        kept.#parts.push({ at: kept.#length, address });
      }
      this.#copyTo(kept, from, end);
    };
    for (const [start, end] of cuts) {
      keep(start);
      from = end;
    }
    keep(this.#length);
    return kept;
  }

  /** @param hasRaw - whether offsets of the file mean anything to a reader: not those inside compressed data */
  piece(hasRaw = true): TextPiece {
    const raw = { raw: (offset: number) => this.rawOf(offset) };
    return {
      kind: 'text',
      bytes: this.text(),
      address: this.#parts[0]?.address ?? '',
      addressAt: (offset) => this.addressOf(offset),
      ...(hasRaw ? raw : {}),
    };
  }

  #copyTo(target: MappedText, start: number, end: number): void {
    for (let at = start, segment = lastAtMost(this.#outs, start); at < end; segment += 1) {
      const next = Math.min(end, this.#outs[segment + 1] ?? this.#length);
      target.copy(this.#bytes, at, next, this.rawOf(at));
      at = next;
    }
  }

  #map(raw: number): void {
    const last = this.#outs.length - 1;
    if (last >= 0 && (this.#raws[last] as number) + this.#length - (this.#outs[last] as number) === raw) return;
    this.#outs.push(this.#length);
    this.#raws.push(raw);
  }

  #append(source: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(source.subarray(start, end), this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Index of the last of the rising `values` that is at most `limit`; -1 when there is none. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
