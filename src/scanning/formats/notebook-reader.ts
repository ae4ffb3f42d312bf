import { type JsonCursor, type Span, writeUnescaped } from './json-cursor.ts';
import { below, keyOf, writeLeaves } from './json-leaves.ts';
import { MappedText } from './mapped-text.ts';

/** Texts are handed out when they have grown to this. */
const ENOUGH = 256 * 1024;

/** Names that notebooks of version 3 gave to MIME types. */
const OLD_TYPES: Record<string, string> = {
  html: 'text/html',
  svg: 'image/svg+xml',
  latex: 'text/latex',
  javascript: 'application/javascript',
  json: 'application/json',
  png: 'image/png',
  jpeg: 'image/jpeg',
  pdf: 'application/pdf',
};

/** Bytes of pictures and the like. SVG is text. */
const MEDIA = /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|octet-stream|zip|gzip)$)/i;

/** Walks a notebook from front to back and collects its text. What it does not know is scanned as metadata: nothing is left out. */
export class NotebookReader {
  readonly #cursor: JsonCursor;
  #text = new MappedText();
  #cells = 0;

  constructor(cursor: JsonCursor) {
    this.#cursor = cursor;
  }

  /** @throws NotJson - `take` still has what was read before */
  *read(): Generator<MappedText> {
    const cursor = this.#cursor;
    for (const key of cursor.entries()) {
      const name = keyOf(cursor, key);
      if (name === 'cells' && cursor.kind() === 'array') yield* this.#readCells();
      else if (name === 'worksheets' && cursor.kind() === 'array') yield* this.#readWorksheets();
      else this.#leaves(below('', name, 0), key);
      yield* this.#grown();
    }
  }

  /** What was not handed out yet. */
  take(): MappedText | undefined {
    const text = this.#text;
    this.#text = new MappedText();
    return text.length === 0 ? undefined : text;
  }

  *#grown(): Generator<MappedText> {
    const text = this.#text.length < ENOUGH ? undefined : this.take();
    if (text !== undefined) yield text;
  }

  *#readWorksheets(): Generator<MappedText> {
    const cursor = this.#cursor;
    for (const index of cursor.items()) {
      if (cursor.kind() !== 'object') {
        this.#leaves(`worksheets[${index}]`);
        continue;
      }
      for (const key of cursor.entries()) {
        const name = keyOf(cursor, key);
        if (name === 'cells' && cursor.kind() === 'array') yield* this.#readCells();
        else this.#leaves(below(`worksheets[${index}]`, name, 0), key);
      }
    }
  }

  *#readCells(): Generator<MappedText> {
    const cursor = this.#cursor;
    for (const _ of cursor.items()) {
      const address = `cell[${this.#cells}]`;
      this.#cells += 1;
      if (cursor.kind() !== 'object') this.#leaves(address);
      else yield* this.#readCell(address);
      yield* this.#grown();
    }
  }

  *#readCell(address: string): Generator<MappedText> {
    const cursor = this.#cursor;
    let index = 0;
    for (const key of cursor.entries()) {
      const name = keyOf(cursor, key);
      const kind = cursor.kind();
      if (name === 'source' || name === 'input') this.#lines(`${address}.source`, key);
      else if (name === 'outputs' && kind === 'array') yield* this.#readOutputs(address);
      else if (name === 'attachments' && kind === 'object') this.#readAttachments(`${address}.attachments`);
      else this.#leaves(below(address, name, index), key);
      index += 1;
    }
  }

  *#readOutputs(cell: string): Generator<MappedText> {
    const cursor = this.#cursor;
    for (const index of cursor.items()) {
      const address = `${cell}.outputs[${index}]`;
      if (cursor.kind() === 'object') this.#readOutput(address);
      else this.#leaves(address);
      yield* this.#grown();
    }
  }

  #readOutput(address: string): void {
    const cursor = this.#cursor;
    let index = 0;
    for (const key of cursor.entries()) {
      const name = keyOf(cursor, key);
      const oldType = OLD_TYPES[name];
      if (name === 'data' && cursor.kind() === 'object') this.#readData(address);
      else if (oldType !== undefined) this.#typed(oldType, `${address}.data[${oldType}]`, key);
      else if (name === 'text' || name === 'evalue') this.#lines(`${address}.${name}`, key);
      else if (name === 'traceback') this.#lines(`${address}.traceback`, key, '\n');
      else this.#leaves(below(address, name, index), key);
      index += 1;
    }
  }

  /** Objects from MIME type to content. */
  #readData(address: string): void {
    const cursor = this.#cursor;
    let index = 0;
    for (const key of cursor.entries()) {
      const type = keyOf(cursor, key);
      this.#typed(type, below(`${address}.data`, type, index), key);
      index += 1;
    }
  }

  #readAttachments(address: string): void {
    const cursor = this.#cursor;
    let index = 0;
    for (const key of cursor.entries()) {
      const place = below(address, keyOf(cursor, key), index);
      if (cursor.kind() === 'object') this.#readData(place);
      else this.#leaves(place, key);
      index += 1;
    }
  }

  #typed(type: string, address: string, key: Span): void {
    if (MEDIA.test(type)) this.#cursor.skip();
    else this.#lines(address, key);
  }

  /** A string, or a list of strings that are one text. */
  #lines(address: string, key: Span, between = ''): void {
    const cursor = this.#cursor;
    const kind = cursor.kind();
    if (kind === 'string') {
      this.#text.begin(address);
      writeUnescaped(cursor.bytes, cursor.string(), this.#text);
    } else if (kind === 'array' && this.#isTextList()) {
      this.#text.begin(address);
      for (const index of cursor.items()) {
        if (cursor.kind() !== 'string') {
          cursor.skip();
          continue;
        }
        const line = cursor.string();
        if (index > 0) this.#text.write(between, line.start - 1);
        writeUnescaped(cursor.bytes, line, this.#text);
      }
    } else {
      this.#leaves(address, key);
    }
  }

  /** Whether the array that comes next begins with a string. */
  #isTextList(): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    let isText = false;
    for (const _ of cursor.items()) {
      isText = cursor.kind() === 'string';
      break;
    }
    cursor.at = at;
    return isText;
  }

  #leaves(address: string, key?: Span): void {
    writeLeaves(this.#cursor, address, key === undefined ? [] : [key], this.#text);
  }
}
