/**
 * Lays a policy out: two spaces for each open bracket, equal signs of neighbouring lines in one column, single blank lines. Only
 * white space at line ends and around equal signs changes; here-documents and comments over several lines stay as they are.
 */
export function formattedPolicy(source: string): string {
  const layout = new Layout();
  for (const line of source.replace(/\r\n/g, '\n').split('\n')) layout.add(line);
  return layout.text();
}

interface Line {
  readonly text: string;
  /** Change of depth by its brackets. */
  readonly open: number;
  /** Closing brackets before anything else. */
  readonly closing: number;
  /** Where the equal sign of `name = value` is, or -1. */
  readonly equals: number;
  /** What a later line must hold before lines are laid out again. */
  readonly verbatimUntil: ((line: string) => boolean) | undefined;
}

class Layout {
  readonly #output: string[] = [];
  /** Neighbouring lines whose equal signs go into one column. */
  #block: Line[] = [];
  #depth = 0;
  #verbatimUntil: Line['verbatimUntil'];

  add(raw: string): void {
    if (this.#verbatimUntil !== undefined) {
      this.#output.push(raw);
      if (this.#verbatimUntil(raw)) this.#verbatimUntil = undefined;
      return;
    }
    const line = scanned(raw.trim());
    if (line.equals !== -1 && line.open === 0) this.#block.push(line);
    else this.#addAlone(line);
    this.#verbatimUntil = line.verbatimUntil;
    if (this.#verbatimUntil !== undefined) this.#flush();
  }

  text(): string {
    this.#flush();
    return `${this.#output.join('\n').trim()}\n`;
  }

  #addAlone(line: Line): void {
    this.#flush();
    this.#depth = Math.max(0, this.#depth - line.closing);
    if (line.text !== '') this.#output.push(this.#indented(line.equals === -1 ? line.text : assignment(line, 0)));
    else if (this.#output.at(-1) !== '') this.#output.push('');
    this.#depth = Math.max(0, this.#depth + line.open + line.closing);
  }

  #flush(): void {
    const width = Math.max(0, ...this.#block.map((line) => nameOf(line).length));
    this.#output.push(...this.#block.map((line) => this.#indented(assignment(line, width))));
    this.#block = [];
  }

  #indented(text: string): string {
    return '  '.repeat(this.#depth) + text;
  }
}

const nameOf = ({ text, equals }: Line) => text.slice(0, equals).trim();
const assignment = (line: Line, width: number) =>
  `${nameOf(line).padEnd(width)} = ${line.text.slice(line.equals + 1).trim()}`.trim();

function scanned(text: string): Line {
  let open = 0;
  let closing = 0;
  let equals = -1;
  let verbatimUntil: Line['verbatimUntil'];
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '#' || text.startsWith('//', at)) break;
    if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) verbatimUntil = (line) => line.includes('*/');
      at = end === -1 ? text.length : end + 1;
    } else if (character === '"') at = closingQuote(text, at);
    else if (character === '{' || character === '[') open++;
    else if (character === '}' || character === ']') {
      open--;
      if (/^[}\],\s]*$/.test(text.slice(0, at))) closing++;
    } else if (character === '=' && equals === -1 && open === 0) equals = at;
    else if (text.startsWith('<<', at)) {
      const name = /^<<-?([A-Za-z_]\w*)$/.exec(text.slice(at))?.[1];
      if (name !== undefined) verbatimUntil = (line) => line.trim() === name;
    }
  }
  return { text, open, closing, equals, verbatimUntil };
}

function closingQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
