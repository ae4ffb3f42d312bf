import { applied, type Edit } from './edits.ts';

const CONTEXT = 2;
/** Longer lines and longer removals are cut: an output may be a picture. */
const WIDTH = 160;
const LINES = 12;

interface Hunk {
  /** Bytes of whole lines that change. */
  readonly start: number;
  readonly end: number;
  readonly edits: readonly Edit[];
}

/**
 * What the edits do, as a unified diff for people. `shown` makes a line fit to be printed: it masks secrets. Long lines and long
 * removals are cut, so it is no patch.
 */
export function editDiff(bytes: Uint8Array, edits: readonly Edit[], path: string, shown: (line: string) => string): string {
  if (edits.length === 0) return '';
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = [`--- a/${path}`, `+++ b/${path}`];
  let moved = 0;
  for (const hunk of hunksOf(buffer, edits)) {
    const before = linesBefore(buffer, hunk.start);
    const after = linesAfter(buffer, hunk.end);
    const old = lines(buffer.toString('utf8', hunk.start, hunk.end));
    const own = hunk.edits.map((edit) => ({ ...edit, start: edit.start - hunk.start, end: edit.end - hunk.start }));
    const made = lines(applied(buffer.subarray(hunk.start, hunk.end), own).toString('utf8'));
    const first = countLines(buffer, hunk.start) + 1 - before.length;
    const around = before.length + after.length;
    out.push(`@@ -${first},${old.length + around} +${first + moved},${made.length + around} @@`);
    const printable = (line: string): string => cut(shown(line));
    out.push(...before.map((line) => ` ${printable(line)}`), ...few(old.map((line) => `-${printable(line)}`)));
    out.push(...few(made.map((line) => `+${printable(line)}`)), ...after.map((line) => ` ${printable(line)}`));
    moved += made.length - old.length;
  }
  return `${out.join('\n')}\n`;
}

function hunksOf(bytes: Buffer, edits: readonly Edit[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const edit of edits) {
    const start = edit.start === 0 ? 0 : bytes.lastIndexOf(10, edit.start - 1) + 1;
    const newline = bytes.indexOf(10, Math.max(edit.start, edit.end - 1));
    const end = newline < 0 ? bytes.length : newline + 1;
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end)
      hunks.splice(-1, 1, { start: last.start, end: Math.max(last.end, end), edits: [...last.edits, edit] });
    else hunks.push({ start, end, edits: [edit] });
  }
  return hunks;
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** At most two lines that end at `start`. */
function linesBefore(bytes: Buffer, start: number): string[] {
  let from = start;
  for (let count = 0; count < CONTEXT && from > 0; count += 1) from = from < 2 ? 0 : bytes.lastIndexOf(10, from - 2) + 1;
  return lines(bytes.toString('utf8', from, start));
}

function linesAfter(bytes: Buffer, end: number): string[] {
  let to = end;
  for (let count = 0; count < CONTEXT && to < bytes.length; count += 1) {
    const newline = bytes.indexOf(10, to);
    to = newline < 0 ? bytes.length : newline + 1;
  }
  return lines(bytes.toString('utf8', end, to));
}

function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

const cut = (line: string): string => (line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line);

function few(all: readonly string[]): readonly string[] {
  if (all.length <= LINES) return all;
  const sign = all[0]?.charAt(0) ?? '';
  return [...all.slice(0, LINES - 1), `${sign}… ${all.length - LINES + 1} more lines`];
}
