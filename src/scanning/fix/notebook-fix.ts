import { WatchwordError } from '../../foundation/errors.ts';
import { NotJson, type Span, writeUnescaped } from '../formats/json-cursor.ts';
import { MappedText } from '../formats/mapped-text.ts';
import { redacted, withoutValue } from '../masking.ts';
import type { Sighting } from '../sighting.ts';
import { editDiff } from './edit-diff.ts';
import { apart, applied, type Edit } from './edits.ts';
import { cellsOf, type NotebookCell } from './notebook-cells.ts';
import { CellSource } from './source-fix.ts';
import { variableName } from './variable-name.ts';

/**
 * `clear-outputs`: of the cells in whose outputs something was found. `clear-all-outputs`: of every cell.
 * `replace`: literals become reads of the environment, and the outputs of the cells with findings are cleared.
 */
export type NotebookFixMode = 'clear-outputs' | 'clear-all-outputs' | 'replace';

export interface NotebookFix {
  /** The new file; the old one when there is nothing to do. */
  readonly bytes: Uint8Array;
  /** For people, with secrets masked; empty when there is nothing to do. */
  readonly diff: string;
  /** What remains to be done, line by line, ready to be pasted where it is a command. Without secrets. */
  readonly advice: readonly string[];
}

type Seen = Pick<Sighting, 'detector' | 'value' | 'layers' | 'address' | 'start' | 'end' | 'path'>;

/**
 * Takes secrets out of a notebook. Bytes that have nothing to do with them stay as they are.
 * @param folder - of the store in which the advice puts the secrets: `secret/<folder>/<name>`
 * @throws WatchwordError `scan.file-changed` when a secret is not where it was seen, or the notebook cannot be parsed
 */
export function fixNotebook(bytes: Uint8Array, seen: readonly Seen[], mode: NotebookFixMode, folder = 'notebooks'): NotebookFix {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const cells = parsed(buffer);
  for (const one of seen) if (one.layers.length === 0 && !isAt(buffer, one)) throw changed();
  const fixes = new NotebookFixes(buffer, cells, folder);
  if (mode === 'clear-all-outputs') for (const cell of cells) fixes.clear(cell);
  for (const one of seen) fixes.add(one, mode);
  const edits = apart(fixes.edits());
  const shown = (line: string): string => seen.reduce((text, one) => withoutWritten(buffer, one, text), line);
  const path = seen[0]?.path ?? 'notebook';
  return {
    bytes: edits.length === 0 ? bytes : applied(buffer, edits),
    diff: editDiff(buffer, edits, path, shown),
    advice: [...new Set(fixes.advice)].map((line) => shown(line)),
  };
}

class NotebookFixes {
  readonly #bytes: Buffer;
  readonly #cells: readonly NotebookCell[];
  readonly #folder: string;
  readonly #edits: Edit[] = [];
  readonly #imports = new Map<NotebookCell, readonly Edit[]>();
  readonly advice: string[] = [];

  constructor(bytes: Buffer, cells: readonly NotebookCell[], folder: string) {
    this.#bytes = bytes;
    this.#cells = cells;
    this.#folder = folder;
  }

  edits(): Edit[] {
    return [...this.#imports.values(), this.#edits].flat();
  }

  add(one: Seen, mode: NotebookFixMode): void {
    const cell = this.#cells.find(({ whole }) => contains(whole, one.start.byte));
    if (cell?.outputs !== undefined && contains(cell.outputs, one.start.byte)) this.clear(cell);
    else if (mode !== 'replace') this.advice.push(`${one.address} is not in an output: replace it, or take it out by hand`);
    else this.#replace(one, cell);
  }

  /** Outputs become `[]`, and the count `null`, as if the cell had not run. */
  clear({ outputs, executionCount }: NotebookCell): void {
    if (outputs !== undefined) this.#set(outputs, '[]');
    if (executionCount !== undefined) this.#set(executionCount, 'null');
  }

  #set({ start, end }: Span, text: string): void {
    if (this.#bytes.toString('latin1', start, end) !== text) this.#edits.push({ start, end, text });
  }

  #replace(one: Seen, cell: NotebookCell | undefined): void {
    if (cell !== undefined) this.clear(cell);
    const source = cell === undefined ? undefined : new CellSource(this.#bytes, cell);
    const length = one.layers.length === 0 ? one.value.length : one.end.byte - one.start.byte;
    const fix = source?.fix(one.start.byte, length, one.detector);
    const variable = fix?.variable ?? variableName('', one.detector);
    this.#edits.push(...(fix?.edits ?? [{ start: one.start.byte, end: one.end.byte, text: `<${variable}>` }]));
    if (cell !== undefined && source !== undefined && fix?.readsEnvironment === true) this.#imports.set(cell, source.importOs());
    this.#advise(variable, one);
  }

  #advise(variable: string, { layers }: Seen): void {
    const path = `secret/${this.#folder}/${variable.toLowerCase().replaceAll('_', '-')}`;
    const encoded = layers.length === 0 ? '' : ` (as it stood in the notebook, in ${layers.join(', then ')})`;
    this.advice.push(`revoke what was in the notebook, then store its successor${encoded}:`);
    this.advice.push(`watchword kv put ${path} value=-`);
    this.advice.push(`export ${variable}="$(watchword kv get --field value ${path})"`);
  }
}

const contains = ({ start, end }: Span, at: number): boolean => at >= start && at < end;

/** Whether the secret still stands where it was seen. */
function isAt(bytes: Buffer, { start, end, value }: Seen): boolean {
  const text = new MappedText();
  writeUnescaped(bytes, { start: start.byte, end: end.byte }, text);
  return text.text().equals(value);
}

/** Masks the secret as it is, and as the file spells it. */
function withoutWritten(bytes: Buffer, { start, end, value }: Seen, text: string): string {
  const written = bytes.toString('utf8', start.byte, end.byte);
  return withoutValue(
    text.replaceAll(written, () => redacted(value)),
    value,
  );
}

function parsed(bytes: Buffer): NotebookCell[] {
  try {
    return cellsOf(bytes);
  } catch (error) {
    if (error instanceof NotJson) throw changed();
    throw error;
  }
}

const changed = (): WatchwordError =>
  new WatchwordError(
    'scan.file-changed',
    'The notebook is no longer what was scanned, or cannot be parsed; nothing was changed.',
  );
