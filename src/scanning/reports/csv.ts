import type { Found } from '../findings.ts';
import { printable } from './printable.ts';
import type { ReportFormat } from './report.ts';

const COLUMNS: readonly (readonly [string, (found: Found) => string | number | undefined])[] = [
  ['detector', ({ detector }) => detector],
  ['title', ({ title }) => title],
  ['confidence', ({ confidence }) => confidence],
  ['reasons', ({ reasons }) => reasons.join('; ')],
  ['path', ({ path }) => path],
  ['address', ({ address }) => address],
  ['line', ({ start }) => start.line],
  ['column', ({ start }) => start.column],
  ['byte', ({ start }) => start.byte],
  ['endLine', ({ end }) => end.line],
  ['endColumn', ({ end }) => end.column],
  ['endByte', ({ end }) => end.byte],
  ['redacted', ({ redacted }) => redacted],
  ['length', ({ length }) => length],
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['commit', ({ origin }) => origin?.commit],
  ['author', ({ origin }) => origin?.author],
  ['date', ({ origin }) => origin?.date],
];

/**
 * RFC 4180. What a spreadsheet would take for a formula gets an apostrophe: at the beginning of a cell, and behind what another
 * language's spreadsheet takes for the end of one.
 */
function cell(value: string | number | undefined): string {
  if (value === undefined || value === '') return '';
  if (typeof value === 'number') return String(value);
  const text = printable(value);
  const harmless = text.replace(/(^|[;|"]\s*)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])/g, "$1'");
  return /[",;|]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const row = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

/** One place a row; what is silenced is left out. */
export const csv: ReportFormat = {
  kind: 'csv',
  title: 'CSV',
  open(write) {
    write(row(COLUMNS.map(([name]) => name)));
    return {
      add(result) {
        if (result.kind === 'found' && result.silence === undefined) write(row(COLUMNS.map(([, of]) => cell(of(result)))));
      },
      end() {},
    };
  },
};
