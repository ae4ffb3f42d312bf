import { JsonCursor, type Span } from '../formats/json-cursor.ts';
import { keyOf } from '../formats/json-leaves.ts';

/** Where the parts of a cell stand in the file. */
export interface NotebookCell {
  /** From the brace to the brace. */
  readonly whole: Span;
  readonly isCode: boolean;
  /** The strings that are its source, in order; `isList` when they stand in brackets. */
  readonly source: readonly Span[];
  readonly isList: boolean;
  /** From the bracket to the bracket. */
  readonly outputs: Span | undefined;
  readonly executionCount: Span | undefined;
}

/** The cells of a notebook of any version. @throws NotJson for a notebook that cannot be parsed to its end */
export function cellsOf(bytes: Uint8Array): NotebookCell[] {
  const cursor = new JsonCursor(bytes, bytes[0] === 0xef ? 3 : 0);
  const cells: NotebookCell[] = [];
  const readCells = (): void => {
    for (const _ of cursor.items()) cells.push(readCell(cursor));
  };
  for (const key of cursor.entries()) {
    const name = keyOf(cursor, key);
    if (name === 'cells' && cursor.kind() === 'array') readCells();
    else if (name === 'worksheets' && cursor.kind() === 'array') readWorksheets(cursor, readCells);
    else cursor.skip();
  }
  return cells;
}

function readWorksheets(cursor: JsonCursor, readCells: () => void): void {
  for (const _ of cursor.items()) {
    if (cursor.kind() !== 'object') {
      cursor.skip();
      continue;
    }
    for (const key of cursor.entries()) {
      if (keyOf(cursor, key) === 'cells' && cursor.kind() === 'array') readCells();
      else cursor.skip();
    }
  }
}

function readCell(cursor: JsonCursor): NotebookCell {
  const kind = cursor.kind();
  const start = cursor.at;
  let isCode = false;
  let source: Span[] = [];
  let isList = false;
  let outputs: Span | undefined;
  let executionCount: Span | undefined;
  if (kind !== 'object') cursor.skip();
  else
    for (const key of cursor.entries()) {
      const name = keyOf(cursor, key);
      const valueKind = cursor.kind();
      const from = cursor.at;
      if (name === 'source' || name === 'input') {
        isList = valueKind === 'array';
        source = isList ? stringsOf(cursor) : valueKind === 'string' ? [cursor.string()] : [];
        if (!isList && valueKind !== 'string') cursor.skip();
        continue;
      }
      cursor.skip();
      const span = { start: from, end: cursor.at };
      if (name === 'outputs' && valueKind === 'array') outputs = span;
      if (name === 'execution_count' || name === 'prompt_number') executionCount = span;
      if (name === 'cell_type') isCode = cursor.bytes.toString('latin1', from + 1, cursor.at - 1) === 'code';
    }
  return { whole: { start, end: cursor.at }, isCode, source, isList, outputs, executionCount };
}

function stringsOf(cursor: JsonCursor): Span[] {
  const spans: Span[] = [];
  for (const _ of cursor.items()) {
    if (cursor.kind() === 'string') spans.push(cursor.string());
    else cursor.skip();
  }
  return spans;
}
