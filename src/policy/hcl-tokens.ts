import { WatchwordError } from '../foundation/errors.ts';

export type TokenKind = 'word' | 'string' | 'number' | '{' | '}' | '[' | ']' | '=' | ',' | ':' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

export function policyError(message: string, line: number): WatchwordError {
  return new WatchwordError('policy.invalid', `line ${line}: ${message}`, { where: `line ${line}` });
}

const WORD = /[A-Za-z_][\w.-]*/y;
const NUMBER = /-?\d+(?:\.\d+)?[A-Za-z]*/y;
const HEREDOC = /<<(-?)([A-Za-z_]\w*)[ \t]*\r?\n/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** The tokens of an HCL text in one pass. @throws WatchwordError `policy.invalid` with the line */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  let line = 1;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\n') line += 1;
    if (character === '\n' || character === ' ' || character === '\t' || character === '\r' || character === '\uFEFF') at += 1;
    else if (character === '#' || text.startsWith('//', at)) at = endOr(text.indexOf('\n', at), text.length);
    else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) throw policyError('the comment does not end', line);
      line += countLines(text, at, end);
      at = end + 2;
    } else if ('{}[]=,:'.includes(character)) {
      yield { kind: character as TokenKind, text: character, line };
      at += 1;
    } else if (character === '"') {
      const { value, end } = quoted(text, at, line);
      yield { kind: 'string', text: value, line };
      at = end;
    } else if (text.startsWith('<<', at)) {
      const { value, end } = heredoc(text, match(HEREDOC), line);
      yield { kind: 'string', text: value, line };
      line += countLines(text, at, end);
      at = end;
    } else {
      const word = match(WORD);
      const found = word ?? match(NUMBER);
      if (found === null) throw policyError('unexpected character', line);
      yield { kind: word === null ? 'number' : 'word', text: found[0], line };
      at += found[0].length;
    }
  }
  yield { kind: 'end', text: '', line };
}

function endOr(index: number, length: number): number {
  return index < 0 ? length : index;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) lines += 1;
  return lines;
}

function quoted(text: string, start: number, line: number): { value: string; end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return { value, end: at + 1 };
    if (character === '\n') break;
    if (character !== '\\') value += character;
    else {
      at += 1;
      const simple = ESCAPES[text.charAt(at)];
      const unicode = /^u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 5));
      if (simple !== undefined) value += simple;
      else if (unicode !== null) {
        value += String.fromCharCode(Number.parseInt(unicode[1] ?? '', 16));
        at += 4;
      } else throw policyError('unknown escape in a string', line);
    }
  }
  throw policyError('the string does not end on its line', line);
}

function heredoc(text: string, head: RegExpExecArray | null, line: number): { value: string; end: number } {
  if (head === null) throw policyError('a here-document needs a name and a line of its own', line);
  const [opening, dash = '', name = ''] = head;
  const lines: string[] = [];
  let at = head.index + opening.length;
  while (at < text.length) {
    const end = endOr(text.indexOf('\n', at), text.length);
    const content = text.slice(at, end).replace(/\r$/, '');
    if (content.trim() === name) return { value: lines.map((each) => `${each}\n`).join(''), end };
    lines.push(dash === '' ? content : content.trimStart());
    at = end + 1;
  }
  throw policyError(`the here-document does not end with ${name}`, line);
}
