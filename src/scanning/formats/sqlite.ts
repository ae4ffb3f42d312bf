import type { Content } from '../content.ts';
import type { Format } from '../format.ts';
import { beginsWith } from './magic.ts';
import { PrintableRuns } from './printable-runs.ts';
import { type PageOf, rowsOf, type SqliteValue } from './sqlite-pages.ts';
import { TextOutput } from './text-output.ts';

const MAGIC = 'SQLite format 3\0';
const MOST = 1024 * 1024 * 1024;
/** A text of at most this length names the text in the next column. */
const NAME = 128;
const LEAST = 6;

/** SQLite databases (MLflow's, Optuna's, browsers'): texts of every row, read as data. No SQL runs and no journal is replayed. */
export const sqlite: Format = {
  kind: 'sqlite',
  title: 'SQLite databases',
  recognises: (_path, head) => beginsWith(head, MAGIC),
  async *unfold(content: Content) {
    const head = Buffer.from(await content.head(100));
    const size = head.length < 100 ? 0 : head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
    if (size < 512) {
      yield { kind: 'problem', address: '', reason: 'the header of the database is damaged' };
      return;
    }
    const pageOf = await pagesOf(content, size);
    const output = new TextOutput();
    const followed = new Set<number>();
    for (let number = 1; ; number += 1) {
      const page = await pageOf(number);
      if (page.length === 0) break;
      const usable = size - (head[20] ?? 0);
      let row = 0;
      for await (const values of rowsOf({ bytes: page, number, usable }, pageOf, followed)) {
        write(values, `page[${number}].row[${row}]`, output);
        row += 1;
        yield* output.grown();
      }
      yield* output.grown();
    }
    yield* output.rest();
  },
};

/** Each text after the one before it, as key and value: `params(key, value, ...)`. */
function write(values: readonly SqliteValue[], row: string, output: TextOutput): void {
  let key: SqliteValue | undefined;
  for (const value of values) {
    const address = `${row}.column[${value.column}]`;
    if (!value.isText) {
      const runs = new PrintableRuns(address, LEAST, 8, output);
      runs.feed(value.bytes);
    } else if (value.bytes.length > 0) {
      if (key === undefined) output.string(address, value.bytes);
      else output.pair(address, key.bytes, value.bytes);
    }
    key = value.isText && value.bytes.length > 0 && value.bytes.length <= NAME ? value : undefined;
  }
}

async function pagesOf(content: Content, size: number): Promise<PageOf> {
  const { at } = content;
  if (at !== undefined) return async (number) => bufferOf(await at((number - 1) * size, size));
  const whole = await content.whole(MOST);
  return async (number) => bufferOf(whole.subarray((number - 1) * size, number * size));
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
