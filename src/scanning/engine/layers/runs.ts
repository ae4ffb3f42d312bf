/** Shortest run that is looked at: 24 characters of base64 are 18 bytes. */
export const SHORTEST = 24;

const KIND: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[0-9]/.test(character) ? 1 : /[A-Za-z]/.test(character) ? 2 : 0;
});

/** Base64 in both alphabets, and hexadecimal with it. */
const MEMBER: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Where the run that goes on at `at` ends; `most`, when it goes on there. */
export function runEnd(bytes: Uint8Array, at: number, most = bytes.length): number {
  const last = Math.min(most, bytes.length);
  let end = at;
  while (end < last && MEMBER[bytes[end] as number] === 1) end += 1;
  return end;
}

/**
 * Beginnings and ends, in turn, of all runs of at least `SHORTEST` characters of `[A-Za-z0-9+/_-]` with a digit and a letter. A run
 * holds every position that is `SHORTEST` after its beginning, so most bytes are never looked at.
 */
export function longRuns(bytes: Uint8Array): number[] {
  const { length } = bytes;
  const runs: number[] = [];
  let start = 0;
  let last = SHORTEST - 1;
  while (last < length) {
    let at = last;
    while (at >= start && MEMBER[bytes[at] as number] === 1) at -= 1;
    if (at >= start) start = at + 1;
    else {
      const end = runEnd(bytes, last + 1);
      if (isMixed(bytes, start, end)) runs.push(start, end);
      start = end + 1;
    }
    last = start + SHORTEST - 1;
  }
  return runs;
}

function isMixed(bytes: Uint8Array, start: number, end: number): boolean {
  let kinds = 0;
  for (let at = start; at < end && kinds < 3; at += 1) kinds |= KIND[bytes[at] as number] as number;
  return kinds === 3;
}
