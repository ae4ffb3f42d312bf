import { writeUnescaped } from '../formats/json-cursor.ts';
import { MappedText } from '../formats/mapped-text.ts';
import type { Edit } from './edits.ts';
import type { NotebookCell } from './notebook-cells.ts';
import { type PythonPlace, placeIn } from './python-literal.ts';
import { variableName } from './variable-name.ts';

/** How one secret in a cell's source is taken out of it. */
export interface SourceFix {
  readonly edits: readonly Edit[];
  readonly variable: string;
  /** The new text asks the environment, in Python. */
  readonly readsEnvironment: boolean;
}

const IMPORT = /^[ \t]*(?:import[ \t]+(?:[\w.]+[ \t]*,[ \t]*)*os[ \t]*(?:,|;|#|$)|from[ \t]+os[ \t]+import)/m;
const SHELL = /^\s*%%(?:bash|sh)\b/;
/** Cells in another language. */
const OTHER_LANGUAGE = /^\s*%%(?:bash|sh|script|html|javascript|js|latex|markdown|sql|perl|ruby|writefile|svg)\b/;

/** The source of a cell as text, with the place of every byte. Read as Latin-1, so that offsets are those of bytes. */
export class CellSource {
  readonly #bytes: Buffer;
  readonly #cell: NotebookCell;
  readonly #mapped = new MappedText();
  readonly text: string;

  constructor(bytes: Buffer, cell: NotebookCell) {
    this.#bytes = bytes;
    this.#cell = cell;
    for (const span of cell.source) writeUnescaped(bytes, span, this.#mapped);
    this.text = this.#mapped.text().toString('latin1');
  }

  get isPython(): boolean {
    return this.#cell.isCode && !OTHER_LANGUAGE.test(this.text);
  }

  /** The fix for a secret of `length` bytes whose first byte stands at `raw` in the file; undefined when it is not in this source. */
  fix(raw: number, length: number, detector: string): SourceFix | undefined {
    const start = this.#offsetOf(raw);
    if (start === undefined) return undefined;
    const end = start + length;
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1;
    const [, magic] = /^\s*([!%])/.exec(this.text.slice(lineStart, start)) ?? [];
    const place = this.isPython && magic === undefined ? placeIn(this.text, start, end) : ({ kind: 'code' } as const);
    const from = place.kind === 'string' ? place.open : start;
    const variable = variableName(this.text.slice(0, from), detector);
    if (place.kind === 'string') return { edits: this.#inString(place, start, end, variable), variable, readsEnvironment: true };
    const text = magic === '!' || SHELL.test(this.text) ? this.#inShell(lineStart, start, variable) : `<${variable}>`;
    return { edits: [this.#edit(start, end, text)], variable, readsEnvironment: false };
  }

  /** A shell looks variables up, except between single quotes. */
  #inShell(lineStart: number, start: number, variable: string): string {
    const isQuoted = (this.text.slice(lineStart, start).match(/'/g) ?? []).length % 2 === 1;
    return isQuoted ? `'"$${variable}"'` : `$${variable}`;
  }

  /** Puts `import os` at the top, unless the cell has it. */
  importOs(): Edit[] {
    if (IMPORT.test(this.text)) return [];
    const after = /^\s*%%[^\n]*\n/.exec(this.text)?.[0].length ?? 0;
    const raw = this.#mapped.rawOf(after);
    const isLineStart = this.#cell.source.findIndex(({ start }) => start === raw);
    if (!this.#cell.isList || isLineStart < 0) return [{ start: raw, end: raw, text: 'import os\\n' }];
    return [{ start: raw, end: raw, text: `import os\\n",${this.#between()}"` }];
  }

  /** White space between two lines of the list. */
  #between(): string {
    const [first, second] = this.#cell.source;
    if (first === undefined) return '';
    if (second !== undefined) return this.#bytes.toString('latin1', first.end + 1, second.start - 1).replace(',', '');
    const before = this.#bytes.toString('latin1', this.#cell.whole.start, first.start - 1);
    return /\s*$/.exec(before)?.[0] ?? '';
  }

  #inString(place: PythonPlace & { kind: 'string' }, start: number, end: number, variable: string): Edit[] {
    const { prefix, quote, open, contentStart, contentEnd, close } = place;
    const look = prefix.includes('b') ? `os.environ["${variable}"].encode()` : `os.environ["${variable}"]`;
    if (start === contentStart && end === contentEnd) return [this.#edit(open, close, look)];
    if (prefix.includes('f')) {
      const inner = quote.startsWith('"') ? "'" : '"';
      return [this.#edit(start, end, `{os.environ[${inner}${variable}${inner}]}`)];
    }
    const reopened = `${prefix}${quote}`;
    const isFollowed = /^\s*[.%[]/.test(this.text.slice(close));
    const tail = end === contentEnd ? '' : ` + ${reopened}`;
    const edits =
      start === contentStart
        ? [this.#edit(open, end, `${look}${tail}`)]
        : [this.#edit(start, end === contentEnd ? close : end, `${quote} + ${look}${tail}`)];
    if (!isFollowed) return edits;
    const [edit] = edits as [Edit];
    const opened = start === contentStart ? [{ ...edit, text: `(${edit.text}` }] : [this.#insertion(open, '('), edit];
    if (end !== contentEnd) return [...opened, this.#insertion(close, ')')];
    return opened.map((one) => (one.end === edit.end ? { ...one, text: `${one.text})` } : one));
  }

  #edit(start: number, end: number, text: string): Edit {
    return { start: this.#mapped.rawOf(start), end: this.#endOf(end - 1), text: escaped(text) };
  }

  #insertion(at: number, text: string): Edit {
    const raw = at === 0 ? this.#mapped.rawOf(0) : this.#endOf(at - 1);
    return { start: raw, end: raw, text };
  }

  /** Where the spelling of the byte at `offset` ends in the file. */
  #endOf(offset: number): number {
    const raw = this.#mapped.rawOf(offset);
    if (this.#bytes[raw] !== 0x5c) return raw + 1;
    return raw + (this.#bytes[raw + 1] === 0x75 ? 6 : 2);
  }

  #offsetOf(raw: number): number | undefined {
    const inside = this.#cell.source.some(({ start, end }) => raw >= start && raw < end);
    if (!inside) return undefined;
    let low = 0;
    let high = this.text.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#mapped.rawOf(middle) < raw) low = middle + 1;
      else high = middle;
    }
    return this.#mapped.rawOf(low) === raw ? low : undefined;
  }
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
