/** Where in a Python text something stands. Offsets count from the beginning of the text. */
export type PythonPlace =
  | {
      readonly kind: 'string';
      /** Lower case: `f`, `rb`, or nothing. */
      readonly prefix: string;
      /** `"`, `'`, or three of them. */
      readonly quote: string;
      /** Of the prefix. */
      readonly open: number;
      readonly contentStart: number;
      readonly contentEnd: number;
      /** Behind the closing quote. */
      readonly close: number;
    }
  | { readonly kind: 'comment' | 'code' };

const TOKEN = /#[^\n]*|(?<![A-Za-z0-9_])([rRbBuUfF]{0,2})("""|'''|"|')/g;

/** What `text[start..end)` is part of. A lexer for strings and comments only: a cell need not be whole Python, magics may be in it. */
export function placeIn(text: string, start: number, end: number): PythonPlace {
  const token = new RegExp(TOKEN.source, TOKEN.flags);
  for (let match = token.exec(text); match !== null && match.index < end; match = token.exec(text)) {
    const [whole, prefix = '', quote] = match;
    if (quote === undefined) {
      if (start >= match.index && end <= match.index + whole.length) return { kind: 'comment' };
      continue;
    }
    const contentStart = match.index + whole.length;
    const contentEnd = endOfLiteral(text, contentStart, quote);
    const close = contentEnd + (text.startsWith(quote, contentEnd) ? quote.length : 0);
    if (start >= contentStart && end <= contentEnd)
      return { kind: 'string', prefix: prefix.toLowerCase(), quote, open: match.index, contentStart, contentEnd, close };
    token.lastIndex = Math.max(close, contentStart);
  }
  return { kind: 'code' };
}

/** Where the closing quote stands; the end of the line or text when there is none. */
function endOfLiteral(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at;
    else if (quote.length === 1 && text[at] === '\n') return at;
  }
  return text.length;
}
