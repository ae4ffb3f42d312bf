import { WatchwordError } from '../../foundation/errors.ts';
import type { Dialect } from './statements/dialect.ts';
import { LexicalFault, lex, type Token } from './statements/lexer.ts';

const placeholders: ReadonlySet<string> = new Set(['name', 'username', 'password', 'expiration']);
/** Without quotes around them these are names of things, and the others are texts. */
const names: ReadonlySet<string> = new Set(['name', 'username']);

/** One SQL statement with places for values. */
export interface Statement {
  readonly dialect: Dialect;
  readonly tokens: readonly Token[];
}

/**
 * Statements as an operator wrote them: each text is one or several, separated by `;` outside of quotes, comments and parentheses.
 * Known are `{{name}}`, `{{username}}`, `{{password}}` and `{{expiration}}`, between quotes or without: then they are quoted.
 * @param where the field that they stand in
 * @throws WatchwordError `engine.invalid`: what is wrong, and at which character of which statement, both from 1
 */
export function parseStatements(texts: readonly string[], dialect: Dialect, where: string): readonly Statement[] {
  const statements: Statement[] = [];
  for (const text of texts) {
    for (const tokens of separated(text, dialect, where, statements.length)) statements.push({ dialect, tokens });
  }
  return statements;
}

function separated(text: string, dialect: Dialect, where: string, before: number): Token[][] {
  const found: Token[][] = [];
  let [tokens, depth, start]: [Token[], number, number] = [[], 0, 0];
  const end = () => {
    if (tokens.some(({ kind }) => kind !== 'space')) found.push(tokens);
    tokens = [];
  };
  try {
    for (const token of lex(text, dialect, { placeholders })) {
      if (isSymbol(token, ';') && depth === 0) {
        end();
        continue;
      }
      if (isSymbol(token, '(')) depth += 1;
      else if (isSymbol(token, ')')) depth = Math.max(0, depth - 1);
      if (tokens.length === 0) {
        if (token.kind === 'space') continue;
        start = token.at;
      }
      tokens.push(token);
    }
    end();
    return found;
  } catch (error) {
    if (!(error instanceof LexicalFault)) throw error;
    const from = tokens.length === 0 ? error.at : start;
    const place = `statement ${before + found.length + 1}, character ${error.at - from + 1}`;
    throw new WatchwordError('engine.invalid', `${where}: ${place}: ${error.message}`, { where });
  }
}

const isSymbol = (token: Token, text: string): boolean => token.kind === 'symbol' && token.text === text;

/** The names of all placeholders in a statement. */
export function placeholdersOf({ tokens }: Pick<Statement, 'tokens'>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'placeholder') found.add(token.placeholder);
    else if (token.kind === 'quoted') for (const piece of token.pieces) typeof piece === 'string' || found.add(piece.placeholder);
    else if (token.kind === 'code' && typeof token.body !== 'string') {
      for (const name of placeholdersOf({ tokens: token.body })) found.add(name);
    }
  }
  return found;
}

/**
 * The statement with these values, each quoted for where it stands: whatever they are, no token begins or ends elsewhere. That holds
 * for sessions that read quotes as the dialect does by default: `standard_conforming_strings`, no `ANSI_QUOTES`.
 * @throws WatchwordError `engine.invalid` for a value that is missing or has a zero byte
 */
export function render({ dialect, tokens }: Statement, values: Readonly<Record<string, string>>): string {
  return tokens.map((token) => renderToken(token, dialect, values)).join('');
}

function renderToken(token: Token, dialect: Dialect, values: Readonly<Record<string, string>>): string {
  switch (token.kind) {
    case 'placeholder': {
      const value = valueFor(values, token.placeholder);
      return names.has(token.placeholder) ? quoteIdentifier(value, dialect) : quoteLiteral(value, dialect);
    }
    case 'quoted': {
      const { quote, style, pieces } = token;
      const inner = pieces.map((piece) =>
        typeof piece === 'string' ? piece : escaped(valueFor(values, piece.placeholder), quote, style === 'escaped'),
      );
      return quote + inner.join('') + quote;
    }
    case 'code':
      return typeof token.body === 'string'
        ? `$${token.tag}$${token.body}$${token.tag}$`
        : betweenDollars(render({ dialect, tokens: token.body }, values), token.tag);
    default:
      return token.text;
  }
}

function valueFor(values: Readonly<Record<string, string>>, placeholder: string): string {
  const value = Object.hasOwn(values, placeholder) ? values[placeholder] : undefined;
  if (value === undefined) throw new WatchwordError('engine.invalid', `there is no value for {{${placeholder}}} here`);
  if (value.includes('\0')) throw new WatchwordError('engine.invalid', `the value of {{${placeholder}}} has a zero byte`);
  return value;
}

const escaped = (value: string, quote: string, backslashes: boolean): string =>
  (backslashes ? value.replaceAll('\\', '\\\\') : value).replaceAll(quote, quote + quote);

/** The name of a thing, between the dialect's quotes. The value has no zero byte. */
export function quoteIdentifier(value: string, dialect: Dialect): string {
  const quote = dialect === 'mysql' ? '`' : '"';
  return quote + escaped(value, quote, false) + quote;
}

/** A text between quotes. The value has no zero byte. */
export function quoteLiteral(value: string, dialect: Dialect): string {
  return `'${escaped(value, "'", dialect === 'mysql')}'`;
}

/** Another tag is taken where the body would end the quote. */
function betweenDollars(body: string, tag: string): string {
  for (let [own, next] = [tag, 1]; ; own = `${tag}_${next++}`) {
    const close = `$${own}$`;
    if ((body + close).indexOf(close) === body.length) return close + body + close;
  }
}
