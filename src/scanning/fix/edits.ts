/** Replaces bytes `[start, end)` of a file; an insertion when they are the same. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Sorted; an edit inside another one is dropped, and one that begins in the middle of another as well. */
export function apart(edits: readonly Edit[]): Edit[] {
  const kept: Edit[] = [];
  for (const edit of [...edits].sort(inOrder)) {
    const last = kept.at(-1);
    const repeats = last !== undefined && last.start === edit.start && last.end === edit.end && last.text === edit.text;
    if (!repeats && (last === undefined || edit.start >= last.end)) kept.push(edit);
  }
  return kept;
}

/** Insertions before what follows them, then the longer before the shorter. */
function inOrder(a: Edit, b: Edit): number {
  const insertions = Number(b.start === b.end) - Number(a.start === a.end);
  return a.start - b.start || insertions || b.end - a.end;
}

/** The file with the edits made; all other bytes are as they were. */
export function applied(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, text } of edits) {
    parts.push(bytes.subarray(from, start), Buffer.from(text, 'utf8'));
    from = end;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}
