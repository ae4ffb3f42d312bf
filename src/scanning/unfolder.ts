import { Budget } from './budget.ts';
import { type Content, following, gather, inTurns, NotScannable } from './content.ts';
import type { Scanner } from './engine/scanner.ts';
import { type FilePiece, type Format, HEAD, type Piece, type ProblemPiece } from './format.ts';
import { stringsOf } from './formats/binary-strings.ts';
import { LineIndex } from './line-index.ts';
import { PassingLines } from './passing-lines.ts';
import { type Circumstances, pieceSightings, sighting, textSightings } from './place.ts';
import type { NotScanned, Origin, Progress, ScanEvent } from './sighting.ts';
import { asText, isBinary, utf8From } from './text-encoding.ts';

const MIB = 1024 * 1024;
/** Files inside files inside files: deeper ones are not scanned, and said so. */
const DEPTH = 8;
/** Larger texts are scanned in pieces; so are those of unknown size, a little earlier. */
const AT_ONCE = 64 * MIB;
const STREAM_AT_ONCE = 16 * MIB;
const PROBE = 8192;
/** Of a long text, what is handed on at once. */
const PIECE = MIB;

const NOTHING: readonly ScanEvent[] = [];

/** Where one is: in which outermost file, how deep. */
interface Inside extends Circumstances {
  readonly budget: Budget;
  readonly depth: number;
}

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
    for (const format of this.#formats) if (format.recognises(path, head)) return format;
    return undefined;
  }

  /** Scans plain text that is in memory, without asking for its format. Counts it. */
  text(path: string, bytes: Uint8Array, origin?: Origin): readonly ScanEvent[] {
    this.#progress.files += 1;
    this.#progress.bytes += bytes.length;
    return this.#plain(path, bytes, { origin });
  }

  /** Scans a file of any format, and the files inside it within the limits of `budget.ts`. Counts it. */
  async *file(path: string, content: Content, origin?: Origin): AsyncGenerator<ScanEvent> {
    yield* this.#file(path, content, { origin, budget: new Budget(content.size), depth: 0 });
  }

  async *#file(path: string, content: Content, inside: Inside): AsyncGenerator<ScanEvent> {
    this.#progress.files += 1;
    try {
      const format = this.formatOf(path, await content.head(HEAD));
      if (format === undefined || format.alsoRaw === true) yield* this.#raw(path, content, inside);
      if (format !== undefined) yield* this.#unfold(format, path, content, inside);
    } catch (error) {
      yield notScanned(path, reasonOf(error));
    }
  }

  #unfold(format: Format, path: string, content: Content, inside: Inside): AsyncGenerator<ScanEvent> {
    return this.#pieces(format.unfold(content, path, inside.budget), path, content, inside);
  }

  async *#pieces(pieces: AsyncIterable<Piece>, path: string, content: Content, inside: Inside): AsyncGenerator<ScanEvent> {
    let raw: LineIndex | undefined;
    for await (const piece of pieces) {
      if (piece.kind === 'problem') yield notScanned(placeOf(path, piece), piece.reason);
      else if (piece.kind === 'file') {
        yield* this.#member(path, piece, inside);
        if (inside.budget.exhausted !== undefined) throw new NotScannable(`the rest: ${inside.budget.exhausted}`);
      } else {
        this.#progress.bytes += piece.bytes.length;
        const { undecoded } = this.#scanner;
        const hits = this.#scanner.scan(piece.bytes, { path });
        const isLeftOut = this.#scanner.undecoded > undecoded;
        if (hits.length > 0 && piece.raw !== undefined) raw ??= new LineIndex(await content.whole(Number.POSITIVE_INFINITY));
        yield* pieceSightings(path, piece, hits, raw, inside);
        if (isLeftOut) yield notScanned(path, UNDECODED);
      }
    }
  }

  async *#member(outer: string, piece: FilePiece, inside: Inside): AsyncGenerator<ScanEvent> {
    const path = `${outer}!${piece.path}`;
    if (inside.depth >= DEPTH) {
      yield notScanned(path, `more than ${DEPTH} archives inside each other`);
      return;
    }
    inside.budget.member();
    yield* this.#file(path, piece.content, { ...inside, note: piece.note ?? inside.note, depth: inside.depth + 1 });
  }

  async *#raw(path: string, content: Content, inside: Inside): AsyncGenerator<ScanEvent> {
    if (isBinary(await content.head(PROBE))) {
      // Of an archive or an image too many to look into; of a commit, none is passed over.
      if (inside.depth === 0) yield* this.#binary(path, content, inside);
      return;
    }
    if (content.size !== undefined && content.size > AT_ONCE) {
      yield* this.#long(path, content.chunks(), inside);
      return;
    }
    const { rest, close } = inTurns(content.chunks());
    const { bytes, more, problem } = await gather(rest, content.size === undefined ? STREAM_AT_ONCE : AT_ONCE);
    if (more) yield* this.#long(path, following(bytes, rest), inside);
    else {
      this.#progress.bytes += bytes.length;
      yield* this.#plain(path, bytes, inside);
    }
    await close();
    if (problem !== undefined) yield notScanned(path, problem);
  }

  async *#binary(path: string, content: Content, inside: Inside): AsyncGenerator<ScanEvent> {
    const { bytes } = this.#progress;
    yield* this.#pieces(stringsOf(content, 'binary'), path, content, inside);
    if (content.size !== undefined) this.#progress.bytes = bytes + content.size;
  }

  #plain(path: string, bytes: Uint8Array, around: Circumstances): readonly ScanEvent[] {
    const text = asText(bytes);
    if (text === undefined) return NOTHING;
    const { undecoded } = this.#scanner;
    const hits = this.#scanner.scan(text.bytes, { path });
    const isLeftOut = this.#scanner.undecoded > undecoded;
    if (hits.length === 0 && !isLeftOut) return NOTHING;
    return [...textSightings(path, text, hits, around), ...(isLeftOut ? [notScanned(path, UNDECODED)] : [])];
  }

  /** A text too long to be held: lines are counted as it passes. */
  async *#long(path: string, chunks: AsyncIterable<Uint8Array>, inside: Inside): AsyncGenerator<ScanEvent> {
    const lines = new PassingLines();
    const progress = this.#progress;
    let problem: string | undefined;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of utf8From(chunks)) {
          // In pieces: lines are forgotten once they are far behind, and a chunk may be as long as it likes.
          for (let at = 0; at < chunk.length; at += PIECE) {
            const piece = chunk.subarray(at, at + PIECE);
            lines.add(piece);
            progress.bytes += piece.length;
            yield piece;
          }
        }
      } catch (error) {
        // What came before is still to be looked at.
        problem = reasonOf(error);
      }
    };
    const { undecoded } = this.#scanner;
    for await (const hit of this.#scanner.scanChunks(counted(), { path })) {
      const start = lines.position(hit.start);
      yield sighting(hit, { path, address: `${path}:${start.line}`, start, end: lines.position(hit.end) }, inside);
    }
    if (problem !== undefined) yield notScanned(path, problem);
    if (this.#scanner.undecoded > undecoded) yield notScanned(path, UNDECODED);
  }
}

/** What a text made to exhaust us hides; ordinary ones are decoded to the end. */
const UNDECODED = 'some of what is encoded in it: too much of that is encoded again, or compressed';

const notScanned = (path: string, reason: string): NotScanned => ({ kind: 'not-scanned', path, reason });

function placeOf(path: string, { address, member }: ProblemPiece): string {
  if (address === '') return path;
  return `${path}${member ? '!' : '#'}${address}`;
}

/**
 * What went wrong, in words. A fault of ours is one too: a file made to bring it about must not keep the others from being scanned. Its
 * message is left out, since it may quote the file. @throws what is no error
 */
export function reasonOf(error: unknown): string {
  if (error instanceof NotScannable) return error.message;
  if (!(error instanceof Error)) throw error;
  if ('code' in error) return `cannot be read (${String(error.code)})`;
  return `${FAULT} (${error.name})`;
}

/** Please report it. */
export const FAULT = 'Watchword failed on it';
