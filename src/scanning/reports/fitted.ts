/**
 * Pieces of text in lines of at most `columns`, as far as breaking between pieces can do it; the first line begins with `indent`, the
 * others with two spaces more. No piece is ever broken: places stay clickable, commands can be copied.
 */
export function fitted(pieces: readonly string[], between: string, indent: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && line.length + between.length + piece.length > columns) {
      lines.push(line);
      line = '';
    }
    if (line !== '') line += `${between}${piece}`;
    else line = `${indent}${lines.length === 0 ? '' : '  '}${piece}`;
  }
  return [...lines, line];
}
