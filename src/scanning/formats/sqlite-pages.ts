/** A cell of a row: text or a blob. */
export interface SqliteValue {
  readonly column: number;
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

/** Reads page `number`, from 1; shorter only at the end of the file. */
export type PageOf = (number: number) => Promise<Buffer>;

const LEAF_TABLE = 0x0d;
/** Longer values are not followed to their end. */
const LONGEST = 4 * 1024 * 1024;

/** SQLite's varint: big-endian, 9 bytes at most. Undefined when the bytes end first. */
function varint(bytes: Buffer, at: number): readonly [value: number, end: number] | undefined {
  let value = 0;
  for (let index = at; index < at + 9; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    if (index === at + 8) return [value * 256 + byte, index + 1];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, index + 1];
  }
  return undefined;
}

/** Bytes of integers and floats, by serial type. */
const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

/** Texts and blobs of a record, in the order of the columns. What is damaged is left out. */
function valuesOf(record: Buffer): SqliteValue[] {
  const header = varint(record, 0);
  if (header === undefined) return [];
  const [headerEnd] = header;
  const values: SqliteValue[] = [];
  let at = header[1];
  let from = headerEnd;
  for (let column = 0; at < headerEnd && from <= record.length; column += 1) {
    const type = varint(record, at);
    if (type === undefined) break;
    const [serial, next] = type;
    const length = serial < 12 ? (SIZES[serial] ?? 0) : Math.floor((serial - 12) / 2);
    if (serial >= 12) values.push({ column, bytes: record.subarray(from, from + length), isText: serial % 2 === 1 });
    from += length;
    at = next;
  }
  return values;
}

interface Page {
  readonly bytes: Buffer;
  readonly number: number;
  /** Bytes of a page that hold data. */
  readonly usable: number;
}

/**
 * Rows of a page of a table; other pages have none. The file format is sqlite.org/fileformat2.html.
 * @param followed - overflow pages that were read already: each belongs to one row, however many claim it
 */
export async function* rowsOf(page: Page, pageOf: PageOf, followed: Set<number>): AsyncGenerator<SqliteValue[]> {
  const { bytes, number, usable } = page;
  const header = number === 1 ? 100 : 0;
  if (bytes[header] !== LEAF_TABLE || bytes.length < header + 8) return;
  const count = bytes.readUInt16BE(header + 3);
  let read = 0;
  for (let index = 0; index < count; index += 1) {
    const pointer = header + 8 + 2 * index;
    if (pointer + 2 > bytes.length) return;
    const record = await recordAt(bytes, bytes.readUInt16BE(pointer), usable, pageOf, followed);
    if (record === undefined) continue;
    read += Math.min(record.length, usable - 35);
    if (read > bytes.length) return;
    yield valuesOf(record);
  }
}

/** A record's bytes, those on overflow pages included. */
async function recordAt(
  page: Buffer,
  cell: number,
  usable: number,
  pageOf: PageOf,
  followed: Set<number>,
): Promise<Buffer | undefined> {
  const length = varint(page, cell);
  const row = length === undefined ? undefined : varint(page, length[1]);
  if (length === undefined || row === undefined) return undefined;
  const [size] = length;
  const start = row[1];
  const most = usable - 35;
  if (size <= most) return page.subarray(start, start + size);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  const local = fitting <= most ? fitting : least;
  const parts = [page.subarray(start, start + local)];
  let have = local;
  let next = start + local + 4 <= page.length ? page.readUInt32BE(start + local) : 0;
  while (next !== 0 && have < Math.min(size, LONGEST) && !followed.has(next)) {
    followed.add(next);
    const overflow = await pageOf(next);
    if (overflow.length < 5) break;
    const part = overflow.subarray(4, Math.min(usable, 4 + size - have));
    parts.push(part);
    have += part.length;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}
