import { type Layer, type Region, TOO_MUCH } from './layer.ts';

/** Between two decoded stretches, so that no detector and no look at the surroundings reaches from one into the other. */
const APART = 288;
/** A batch is no longer, unless a single stretch is. */
const LONGEST = 1024 * 1024;

/** What trying to unpack what is not packed costs besides, in bytes decoded. */
const IN_VAIN = 32 * 1024;

/** What a layer has found in a text. */
export interface Encoded {
  readonly layer: Layer;
  readonly regions: Iterable<Region>;
}

interface Decoded {
  readonly layer: Layer;
  readonly region: Region;
  /** In the batch. */
  readonly start: number;
  readonly end: number;
}

/** Stretches decoded into one text, which begins and ends with line feeds. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** In the order of the batch. */
  readonly pieces: readonly Decoded[];
}

/** How much may still be decoded of what could go on growing: what is encoded in something encoded, and what is compressed. */
export class Allowance {
  /** Something was left undecoded. */
  isExceeded = false;
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Whether there is some left; else something is left out. */
  grants(): boolean {
    if (this.#left > 0) return true;
    this.isExceeded = true;
    return false;
  }

  /** The last one may spend more than there is. */
  spend(bytes: number): void {
    this.#left -= bytes;
  }
}

/** Decodes all of it, batch by batch. With `isInner`, every stretch counts against the allowance, else what is compressed. */
export function* batchesOf(
  bytes: Uint8Array,
  encoded: readonly Encoded[],
  allowance: Allowance,
  isInner: boolean,
): Generator<Batch> {
  let taken: { readonly layer: Layer; readonly region: Region }[] = [];
  let length = APART;
  for (const { layer, regions } of encoded) {
    for (const region of regions) {
      const { start, end } = region;
      const room = layer.room?.(region) ?? end - start;
      if (isInner || layer.room !== undefined) {
        if (!allowance.grants()) break;
        allowance.spend(end - start + APART);
      }
      if (taken.length > 0 && length + room + APART > LONGEST) {
        yield decoded(bytes, taken, length, allowance);
        taken = [];
        length = APART;
      }
      taken.push({ layer, region });
      length += room + APART;
    }
  }
  if (taken.length > 0) yield decoded(bytes, taken, length, allowance);
}

function decoded(
  bytes: Uint8Array,
  taken: readonly Omit<Decoded, 'start' | 'end'>[],
  length: number,
  allowance: Allowance,
): Batch {
  const batch = new Uint8Array(length);
  const pieces: Decoded[] = [];
  let at = APART;
  batch.fill(10, 0, at);
  for (const { layer, region } of taken) {
    const said = layer.decode(bytes, region, batch, at);
    if (layer.room !== undefined) allowance.spend(said > 0 ? said : layer.room(region) + IN_VAIN);
    if (said === TOO_MUCH) allowance.isExceeded = true;
    if (said <= 0) continue;
    pieces.push({ layer, region, start: at, end: at + said });
    batch.fill(10, at + said, at + said + APART);
    at += said + APART;
  }
  return { bytes: batch.subarray(0, at), pieces };
}

/** The stretch of the batch that a place lies in; undefined between them. */
export function pieceAt({ pieces }: Batch, at: number): Decoded | undefined {
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
