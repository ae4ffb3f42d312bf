import type { TextPiece } from './format.ts';
import type { Hit } from './hit.ts';
import { inlineIgnore } from './inline-ignore.ts';
import { LineIndex } from './line-index.ts';
import type { Origin, Position, Sighting } from './sighting.ts';
import type { EngineText } from './text-encoding.ts';

interface Place {
  readonly path: string;
  readonly address: string;
  readonly start: Position;
  readonly end: Position;
  readonly ignored?: string;
}

/** What is true of everything that is found in a file, whatever is inside it. */
export interface Circumstances {
  readonly origin?: Origin | undefined;
  /** A reason more: `deleted by layer[3]`. */
  readonly note?: string | undefined;
}

/** Where the hits of a whole text lie. */
export function* textSightings(path: string, text: EngineText, hits: readonly Hit[], around: Circumstances): Generator<Sighting> {
  if (hits.length === 0) return;
  const lines = new LineIndex(text.bytes);
  for (const hit of hits) {
    const start = text.raw(lines.position(hit.start));
    const end = text.raw(lines.position(hit.end));
    yield sighting(hit, { path, address: `${path}:${start.line}`, start, end, ...remark(text.bytes, hit) }, around);
  }
}

/** Where the hits of a part of a file lie. `raw` gives the lines of the file itself. */
export function* pieceSightings(
  path: string,
  piece: TextPiece,
  hits: readonly Hit[],
  raw: LineIndex | undefined,
  around: Circumstances,
): Generator<Sighting> {
  if (hits.length === 0) return;
  const lines = new LineIndex(piece.bytes);
  const { raw: rawOf } = piece;
  for (const hit of hits) {
    let start = lines.position(hit.start);
    let end = lines.position(hit.end);
    const where = piece.addressAt?.(hit.start) ?? `${piece.address}:${start.line}`;
    if (raw !== undefined && rawOf !== undefined) {
      start = raw.position(rawOf(hit.start));
      end = raw.position(rawOf(hit.end - 1) + 1);
    }
    const place = piece.member
      ? { path: `${path}!${where}`, address: `${path}!${where}` }
      : { path, address: `${path}#${where}` };
    yield sighting(hit, { ...place, start, end, ...remark(piece.bytes, hit) }, around);
  }
}

/** A hit at a place that is known already. */
export function sighting(hit: Hit, place: Place, { origin, note }: Circumstances): Sighting {
  const { detector, confidence, value, layers } = hit;
  const reasons = note === undefined ? hit.reasons : [...hit.reasons, note];
  const where = origin === undefined ? place : { ...place, origin };
  return { kind: 'sighting', detector: detector.id, confidence, reasons, value, layers, ...where };
}

function remark(bytes: Uint8Array, { start, end }: Hit): { readonly ignored?: string } {
  const ignored = inlineIgnore(bytes, start, end);
  return ignored === undefined ? {} : { ignored };
}
