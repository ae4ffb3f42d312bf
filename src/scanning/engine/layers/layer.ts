/** A stretch of a text that is the encoding of another text. */
export interface Region {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** One way in which text is wrapped in text. Pure: looks at the bytes and at nothing else. */
export interface Layer {
  /** As a hit names it. */
  readonly name: string;
  /**
   * Stretches that are worth decoding, in order and apart from each other; maybe looked for as they are asked for. `runs` are those of `longRuns`; `escapes` may
   * say where in the bytes `\"`, `\/`, `\n` and `\u` stand, and a percent sign with two hexadecimal digits.
   */
  find(bytes: Uint8Array, runs: readonly number[], escapes?: Uint32Array): Iterable<Region>;
  /** Of a layer that makes less of more: how many bytes a region may say at most. The others never say more than the region is long. */
  room?(region: Region): number;
  /** Writes what the region says from `target[at]` on and returns how many bytes; `TOO_MUCH` when `room` was not enough. */
  decode(bytes: Uint8Array, region: Region, target: Uint8Array, at: number): number;
  /** The encoded stretch that the decoded bytes from `start` up to `end` come from; `length` are decoded in all. */
  locate(bytes: Uint8Array, region: Region, start: number, end: number, length: number): Region;
}

/** A region says more than is decoded of one. */
export const TOO_MUCH = -1;

/** Where `byte`, or an escape that begins with it, stands next from a place on; -1 when nowhere. Asked in rising order. */
export function escapeSearch(bytes: Uint8Array, byte: number, escapes: Uint32Array | undefined): (from: number) => number {
  if (escapes === undefined) return (from) => bytes.indexOf(byte, from);
  let index = 0;
  return (from) => {
    for (; index < escapes.length; index += 1) {
      const at = escapes[index] as number;
      if (at >= from && bytes[at] === byte) return at;
    }
    return -1;
  };
}

/** Tab, line feed, carriage return and the printable part of ASCII: 1, all others: 0. */
export const PRINTABLE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127) ? 1 : 0,
);

/** Value of a hexadecimal digit; 255 for every other byte. */
export const NIBBLE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 255 : value;
});
