import { type Content, NotScannable } from './content.ts';
import type { Scanner } from './engine/scanner.ts';
import { type Format, HEAD, type TextPiece } from './format.ts';
import type { Hit } from './hit.ts';
import { inlineIgnore } from './inline-ignore.ts';
import { LineIndex } from './line-index.ts';
import type { NotScanned, Origin, Position, Progress, ScanEvent, Sighting } from './sighting.ts';
import { asText } from './text-encoding.ts';

/** Files inside files inside files: deeper ones are not scanned, and said so. */
const DEPTH = 8;
/** Larger texts are scanned in pieces. */
const AT_ONCE = 64 * 1024 * 1024;

/** From a file's content to sightings: recognises its format, unfolds it, scans the text, says where each hit lies. */
export class Unfolder {
  readonly #scanner: Scanner;
  readonly #formats: readonly Format[];
  readonly #progress: Progress;

  constructor(scanner: Scanner, formats: readonly Format[], progress: Progress) {
    this.#scanner = scanner;
    this.#formats = formats;
    this.#progress = progress;
  }

  /** What will read a file of this path and beginning; undefined for plain text and for what no format knows. */
  formatOf(path: string, head: Uint8Array): Format | undefined {
    return this.#formats.find((format) => format.recognises(path, head));
  }

  /** Scans plain text that is in memory, without asking for its format. Counts it. */
  *text(path: string, bytes: Uint8Array, origin?: Origin): Generator<ScanEvent> {
    this.#progress.files += 1;
    this.#progress.bytes += bytes.length;
    yield* this.#plain(path, bytes, origin);
  }

  /** Scans a file of any format. Counts it. */
  async *file(path: string, content: Content, origin?: Origin, depth = 0): AsyncGenerator<ScanEvent> {
    this.#progress.files += 1;
    try {
      const format = this.formatOf(path, await content.head(HEAD));
      if (format === undefined || format.alsoRaw === true) yield* this.#raw(path, content, origin);
      if (format !== undefined) yield* this.#unfold(format, path, content, origin, depth);
    } catch (error) {
      yield { kind: 'not-scanned', path, reason: reasonOf(error) };
    }
  }

  async *#unfold(
    format: Format,
    path: string,
    content: Content,
    origin: Origin | undefined,
    depth: number,
  ): AsyncGenerator<ScanEvent> {
    let raw: LineIndex | undefined;
    for await (const piece of format.unfold(content, path)) {
      if (piece.kind === 'problem') {
        const where = piece.address === '' ? path : `${path}#${piece.address}`;
        yield { kind: 'not-scanned', path: where, reason: piece.reason };
      } else if (piece.kind === 'file') {
        const inner = `${path}!${piece.path}`;
        if (depth < DEPTH) yield* this.file(inner, piece.content, origin, depth + 1);
        else yield tooDeep(inner);
      } else {
        this.#progress.bytes += piece.bytes.length;
        const hits = this.#scanner.scan(piece.bytes, { path });
        if (hits.length > 0 && piece.raw !== undefined) raw ??= new LineIndex(await content.whole(Number.POSITIVE_INFINITY));
        for (const hit of hits) yield pieceSighting(path, piece, hit, raw, origin);
      }
    }
  }

  async *#raw(path: string, content: Content, origin: Origin | undefined): AsyncGenerator<ScanEvent> {
    if (content.size === undefined || content.size > AT_ONCE) {
      yield* this.#long(path, content, origin);
      return;
    }
    const bytes = await content.whole();
    this.#progress.bytes += bytes.length;
    yield* this.#plain(path, bytes, origin);
  }

  *#plain(path: string, bytes: Uint8Array, origin: Origin | undefined): Generator<ScanEvent> {
    const text = asText(bytes);
    if (text === undefined) return;
    const hits = this.#scanner.scan(text.bytes, { path });
    if (hits.length === 0) return;
    const lines = new LineIndex(text.bytes);
    for (const hit of hits) {
      const start = text.raw(lines.position(hit.start));
      const end = text.raw(lines.position(hit.end));
      yield sighting(hit, { path, address: `${path}:${start.line}`, start, end, ...remark(text.bytes, hit) }, origin);
    }
  }

  /** A text too long to be held: lines are counted as it passes, columns are those in bytes. */
  async *#long(path: string, content: Content, origin: Origin | undefined): AsyncGenerator<ScanEvent> {
    const passed: number[] = [];
    let length = 0;
    const progress = this.#progress;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of content.chunks()) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) passed.push(length + at);
        length += chunk.length;
        progress.bytes += chunk.length;
        yield chunk;
      }
    };
    const position = (byte: number): Position => {
      const line = lowerBound(passed, byte);
      return { line: line + 1, column: byte - (line === 0 ? -1 : (passed[line - 1] ?? 0)), byte };
    };
    for await (const hit of this.#scanner.scanChunks(counted(), { path })) {
      const start = position(hit.start);
      yield sighting(hit, { path, address: `${path}:${start.line}`, start, end: position(hit.end) }, origin);
    }
  }
}

/** How many of the rising `values` are below `limit`. */
function lowerBound(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Place {
  readonly path: string;
  readonly address: string;
  readonly start: Position;
  readonly end: Position;
  readonly ignored?: string;
}

function remark(bytes: Uint8Array, { start, end }: Hit): { readonly ignored?: string } {
  const ignored = inlineIgnore(bytes, start, end);
  return ignored === undefined ? {} : { ignored };
}

function sighting(hit: Hit, place: Place, origin: Origin | undefined): Sighting {
  const { detector, confidence, reasons, value, layers } = hit;
  const where = origin === undefined ? place : { ...place, origin };
  return { kind: 'sighting', detector: detector.id, confidence, reasons, value, layers, ...where };
}

function pieceSighting(
  path: string,
  piece: TextPiece,
  hit: Hit,
  raw: LineIndex | undefined,
  origin: Origin | undefined,
): Sighting {
  const lines = new LineIndex(piece.bytes);
  const start = lines.position(hit.start);
  const address = `${path}#${piece.addressAt?.(hit.start) ?? `${piece.address}:${start.line}`}`;
  const { raw: rawOf } = piece;
  const ignored = remark(piece.bytes, hit);
  if (raw === undefined || rawOf === undefined)
    return sighting(hit, { path, address, start, end: lines.position(hit.end), ...ignored }, origin);
  const place = { path, address, start: raw.position(rawOf(hit.start)), end: raw.position(rawOf(hit.end - 1) + 1), ...ignored };
  return sighting(hit, place, origin);
}

const tooDeep = (path: string): NotScanned => ({
  kind: 'not-scanned',
  path,
  reason: `more than ${DEPTH} archives inside each other`,
});

/** What went wrong, in words. @throws what is a fault of ours */
export function reasonOf(error: unknown): string {
  if (error instanceof NotScannable) return error.message;
  if (error instanceof Error && 'code' in error) return `cannot be read (${String(error.code)})`;
  throw error;
}
