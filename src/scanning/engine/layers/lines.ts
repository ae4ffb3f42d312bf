import type { Region } from './layer.ts';
import { runEnd, SHORTEST } from './runs.ts';

const LONGEST = 16 * 1024 * 1024;
const MOST_INDENT = 64;

/** An encoding that programs break into lines of equal length. */
export interface Lines {
  /** Characters that are decoded together; every line but the last has whole ones. */
  readonly unit: number;
  /** Lengths of line that programs break text into. Equal lines of another length may also be one text each. */
  readonly usual: readonly number[];
  /** Whether a first line, from `start` on, is taken for this encoding. */
  begins(bytes: Uint8Array, start: number, end: number): boolean;
  /** Whether a later line may be. */
  goesOn(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Of the runs, those that begin an encoded text, to the end of its last line. */
export function blocksOf(bytes: Uint8Array, runs: readonly number[], lines: Lines): Region[] {
  const regions: Region[] = [];
  let done = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const start = runs[index] as number;
    const end = runs[index + 1] as number;
    if (start < done || !lines.begins(bytes, start, end)) continue;
    done = blockEnd(bytes, start, end, lines);
    regions.push({ start, end: done });
  }
  return regions;
}

/** The lines of those blocks, each by itself: in a list, every line is a text of its own that ends where the line ends. */
export function singleLinesOf(bytes: Uint8Array, runs: readonly number[], lines: Lines): Region[] {
  const regions: Region[] = [];
  let done = 0;
  let isList = false;
  for (let index = 0; index < runs.length; index += 2) {
    const start = runs[index] as number;
    const end = runs[index + 1] as number;
    if (start >= done) {
      if (!lines.begins(bytes, start, end)) continue;
      done = blockEnd(bytes, start, end, lines);
      isList = done > end && !lines.usual.includes(end - start);
    }
    if (isList && lines.begins(bytes, start, end)) regions.push({ start, end });
  }
  return regions;
}

/** A first line whose length is a multiple of the unit goes on in the next ones as long as they are as long as it. */
function blockEnd(bytes: Uint8Array, start: number, firstEnd: number, lines: Lines): number {
  const width = firstEnd - start;
  let end = firstEnd;
  if (width % lines.unit !== 0) return end;
  while (end - start < LONGEST) {
    let next = bytes[end] === 13 ? end + 1 : end;
    if (bytes[next] !== 10) return end;
    next += 1;
    const lineStart = next;
    while (next - lineStart < MOST_INDENT && (bytes[next] === 32 || bytes[next] === 9)) next += 1;
    const lineEnd = runEnd(bytes, next, next + width + 1);
    const length = lineEnd - next;
    if (length > width || !lines.goesOn(bytes, next, lineEnd)) return end;
    if (length < width) return isLast(bytes, next, lineEnd, width, lines.unit) ? lineEnd : end;
    end = lineEnd;
  }
  return end;
}

/** A shorter line ends the block: nothing but padding, a quote or the line's end stands after it. */
function isLast(bytes: Uint8Array, start: number, end: number, width: number, unit: number): boolean {
  if (end === start || width < SHORTEST) return false;
  let after = end;
  while (after < end + 2 && bytes[after] === 0x3d) after += 1;
  if ((after - start) % unit !== 0) return false;
  return after === bytes.length || ' \t\r\n"\'`,;'.includes(String.fromCharCode(bytes[after] as number));
}
