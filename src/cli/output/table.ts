import { visible } from './visible.ts';

/** Columns aligned by two spaces, with a rule below the heading. Further lines of a value start in its own column. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(visible));
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => longestLine(column === heading.length - 1 ? '' : (row[column] ?? '')))),
  );
  const rule = heading.map((title) => '-'.repeat(title.length));
  return [heading, rule, ...cells].flatMap((row) => lines(row, widths)).join('');
}

const longestLine = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

function lines(row: readonly string[], widths: readonly number[]): string[] {
  const split = row.map((cell) => cell.split('\n'));
  const height = Math.max(...split.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => {
    const text = split.map((cell, column) => (cell[line] ?? '').padEnd(widths[column] ?? 0)).join('  ');
    return `${text.trimEnd()}\n`;
  });
}

/** An underlined line above a table. */
export function title(text: string, emphasis: boolean): string {
  return emphasis ? `\u001b[1m${visible(text)}\u001b[22m\n` : `${visible(text)}\n`;
}
