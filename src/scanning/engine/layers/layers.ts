import type { Hit } from '../../hit.ts';
import { withoutOverlaps } from '../overlaps.ts';
import { base64 } from './base64.ts';
import { hex } from './hex.ts';
import { jsonString } from './json-string.ts';
import type { Layer, Region } from './layer.ts';
import { percent } from './percent.ts';
import { longRuns } from './runs.ts';

const layers: readonly Layer[] = [jsonString, percent, base64, hex];

/** How often a decoded text is decoded again. */
const DEPTH = 3;
/** Between two decoded stretches, so that no detector and no look at the surroundings reaches from one into the other. */
const APART = 288;
/** Decoded from one text at most: so much for each of its bytes, and so much besides. */
const VOLUME_FACTOR = 2;
const VOLUME_BESIDES = 1024 * 1024;

interface Found {
  readonly hits: readonly Hit[];
  readonly runs?: readonly number[];
  readonly escapes?: Uint32Array;
}
type Direct = (bytes: Uint8Array) => Found;

interface Decoded {
  readonly layer: Layer;
  readonly region: Region;
  /** In the batch. */
  readonly start: number;
  readonly end: number;
}

/**
 * What `direct` finds in the bytes, and in what they say when base64, hexadecimal, percent and JSON escapes are undone. All
 * stretches of one depth are decoded into one text with line feeds between them, so `direct` is called once per depth. A secret
 * that is visible in the bytes themselves is reported once, without layers. `direct` gives the hits of a text and may give its runs,
 * as `longRuns` would find them, and its escapes, where it has come upon them anyway.
 */
export function throughLayers(bytes: Uint8Array, direct: Direct): Hit[] {
  const found = direct(bytes);
  const { hits } = found;
  const inside = decodedHits(bytes, found, direct, DEPTH, VOLUME_FACTOR * bytes.length + VOLUME_BESIDES);
  return inside.length === 0 ? [...hits] : withoutOverlaps([...hits, ...inside]);
}

function decodedHits(
  bytes: Uint8Array,
  { runs = longRuns(bytes), escapes }: Found,
  direct: Direct,
  depth: number,
  volume: number,
): Hit[] {
  const { batch, pieces } = decodeAll(bytes, runs, escapes, volume);
  if (pieces.length === 0) return [];
  const found = direct(batch);
  const deeper = depth > 1 ? decodedHits(batch, found, direct, depth - 1, volume - batch.length) : [];
  return [...found.hits, ...deeper].flatMap((hit) => outward(bytes, pieces, hit) ?? []);
}

const NOTHING = { batch: new Uint8Array(0), pieces: [] };

/** Decodes what the volume allows. The batch begins and ends with line feeds. */
function decodeAll(
  bytes: Uint8Array,
  runs: readonly number[],
  escapes: Uint32Array | undefined,
  volume: number,
): { batch: Uint8Array; pieces: Decoded[] } {
  const found: { readonly layer: Layer; readonly region: Region }[] = [];
  for (const layer of layers) for (const region of layer.find(bytes, runs, escapes)) found.push({ layer, region });
  if (found.length === 0) return NOTHING;
  let most = APART;
  const taken = found.filter(({ region }) => {
    const length = region.end - region.start + APART;
    if (most + length > volume) return false;
    most += length;
    return true;
  });
  if (taken.length === 0) return NOTHING;
  const batch = new Uint8Array(most).fill(10);
  let at = APART;
  const pieces = taken.map(({ layer, region }) => {
    const start = at;
    const end = start + layer.decode(bytes, region, batch, start);
    at = end + APART;
    return { layer, region, start, end };
  });
  return { batch: batch.subarray(0, at), pieces };
}

/**
 * The hit as the outer text shows it; undefined when it lies in no single stretch. A guess by words alone needs the surroundings
 * that the writer saw, so in binary encodings only what is surer than a guess counts.
 */
function outward(bytes: Uint8Array, pieces: readonly Decoded[], hit: Hit): Hit | undefined {
  const piece = pieceAt(pieces, hit.start);
  if (piece === undefined || hit.end > piece.end) return undefined;
  const { layer, region } = piece;
  if (hit.detector.kind === 'generic' && hit.confidence === 'low' && (layer === base64 || layer === hex)) return undefined;
  const place = layer.locate(bytes, region, hit.start - piece.start, hit.end - piece.start);
  return { ...hit, ...place, layers: [layer.name, ...hit.layers] };
}

function pieceAt(pieces: readonly Decoded[], at: number): Decoded | undefined {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] as Decoded).end <= at) low = middle + 1;
    else high = middle;
  }
  const piece = pieces[low];
  return piece !== undefined && piece.start <= at ? piece : undefined;
}
