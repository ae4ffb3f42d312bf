import type { Hit } from '../../hit.ts';
import { withoutOverlaps } from '../overlaps.ts';
import { base64, base64Lines } from './base64.ts';
import { Allowance, type Batch, batchesOf, type Encoded, pieceAt } from './batches.ts';
import { compressed } from './compressed.ts';
import { hex, hexLines } from './hex.ts';
import { jsonString } from './json-string.ts';
import type { Layer, Region } from './layer.ts';
import { percent } from './percent.ts';
import { longRuns } from './runs.ts';

const escaping: readonly Layer[] = [jsonString, percent];
const running: readonly Layer[] = [base64, hex, compressed];
/** Asked where the other one has found something. */
const listOf: ReadonlyMap<Layer, Layer> = new Map([
  [base64, base64Lines],
  [hex, hexLines],
]);
const NOTHING: readonly Hit[] = [];
const binary: ReadonlySet<string> = new Set([base64.name, hex.name, compressed.name]);

/** How often a decoded text is decoded again. */
const DEPTH = 3;
/** Decoded at most of what is inside something decoded, or compressed: so much for each byte of the text, and so much besides. */
const VOLUME_FACTOR = 8;
const VOLUME_BESIDES = 2 * 1024 * 1024;

/** What stands undecoded in a text. */
export interface Found {
  readonly hits: readonly Hit[];
  readonly runs?: readonly number[] | undefined;
  readonly escapes?: Uint32Array | undefined;
}
type Direct = (bytes: Uint8Array) => Found;

/**
 * What `direct` finds in the bytes, and in what they say when base64, hexadecimal, percent and JSON escapes are undone. Stretches
 * are decoded into texts of about 1 MiB with line feeds between them, all of those that stand in the bytes themselves, and of those
 * inside them what an allowance is enough for; when it is not, `leftOut` is called once. A secret that is visible in the bytes
 * themselves is reported once, without layers. `direct` gives the hits of a text and may give its runs, as `longRuns` would find them,
 * and its escapes, where it has come upon them anyway.
 */
export function throughLayers(bytes: Uint8Array, direct: Direct, leftOut?: () => void): Hit[] {
  const found = direct(bytes);
  const { hits } = found;
  const allowance = new Allowance(VOLUME_FACTOR * bytes.length + VOLUME_BESIDES);
  const inside = decodedHits(bytes, found, direct, DEPTH, allowance);
  if (allowance.isExceeded) leftOut?.();
  return inside.length === 0 ? [...hits] : withoutOverlaps([...hits, ...inside]);
}

function decodedHits(
  bytes: Uint8Array,
  { runs = longRuns(bytes), escapes }: Found,
  direct: Direct,
  depth: number,
  allowance: Allowance,
): readonly Hit[] {
  if (runs.length === 0 && escapes?.length === 0) return NOTHING;
  const encoded = encodedIn(bytes, runs, escapes);
  if (encoded.length === 0) return NOTHING;
  const hits: Hit[] = [];
  for (const batch of batchesOf(bytes, encoded, allowance, depth < DEPTH)) {
    if (batch.pieces.length === 0) continue;
    const found = direct(batch.bytes);
    const deeper = depth > 1 ? decodedHits(batch.bytes, found, direct, depth - 1, allowance) : [];
    for (const hit of [...found.hits, ...deeper]) {
      const seen = outward(bytes, batch, hit);
      if (seen !== undefined) hits.push(seen);
    }
  }
  return hits;
}

/** What `direct` gives may be gone once it is asked again, so nothing of it is used later. */
function encodedIn(bytes: Uint8Array, runs: readonly number[], escapes: Uint32Array | undefined): Encoded[] {
  const encoded: Encoded[] = [];
  // A text too long for escapes to be given has too many stretches to be held: they are looked for as they are decoded.
  if (escapes === undefined) for (const layer of escaping) encoded.push({ layer, regions: layer.find(bytes, runs) });
  else if (escapes.length > 0) for (const layer of escaping) add(encoded, layer, [...layer.find(bytes, runs, escapes)]);
  if (runs.length === 0) return encoded;
  for (const layer of running) {
    const list = add(encoded, layer, [...layer.find(bytes, runs)]) ? listOf.get(layer) : undefined;
    if (list !== undefined) add(encoded, list, [...list.find(bytes, runs)]);
  }
  return encoded;
}

function add(encoded: Encoded[], layer: Layer, regions: readonly Region[]): boolean {
  if (regions.length > 0) encoded.push({ layer, regions });
  return regions.length > 0;
}

/**
 * The hit as the outer text shows it; undefined when it lies in no single stretch. A guess by words alone needs the surroundings
 * that the writer saw, so in binary encodings only what is surer than a guess counts.
 */
function outward(bytes: Uint8Array, batch: Batch, hit: Hit): Hit | undefined {
  const piece = pieceAt(batch, hit.start);
  if (piece === undefined || hit.end > piece.end) return undefined;
  const { layer, region, start, end } = piece;
  if (hit.detector.kind === 'generic' && hit.confidence === 'low' && binary.has(layer.name)) return undefined;
  const place = layer.locate(bytes, region, hit.start - start, hit.end - start, end - start);
  return { ...hit, ...place, layers: [layer.name, ...hit.layers] };
}
