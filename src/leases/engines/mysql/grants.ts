import { invalidSetting } from '../invalid-setting.ts';
import { LexicalFault, lex, type Token } from '../statements/lexer.ts';
import { render } from '../statements.ts';

/** What a `GRANT` gives, and on what. */
export interface Grant {
  /** Upper case, without columns: `SELECT`, `CREATE VIEW`. */
  readonly privileges: readonly string[];
  /** `*` for every one. */
  readonly schema: string;
  readonly object: string;
}

/**
 * Reads `SELECT, INSERT ON features.*`: nothing may follow, so that it says what is granted and not to whom.
 * @throws WatchwordError `engine.invalid`
 */
export function checkGrant(text: string, where: string): Grant & { readonly text: string } {
  let tokens: Token[];
  try {
    tokens = [...lex(text, 'mysql', { placeholders: new Set() })];
  } catch (error) {
    if (error instanceof LexicalFault) invalidSetting(where, `character ${error.at + 1}: ${error.message}`);
    throw error;
  }
  const grant = readGrant(tokens);
  if (grant === undefined)
    invalidSetting(where, 'each must be like SELECT, INSERT ON features.* or SELECT (a, b) ON features.users');
  return { ...grant, text: render({ dialect: 'mysql', tokens: tokens.map(withoutComment) }, {}) };
}

/** One at the end would take along what is put behind it. */
const withoutComment = (token: Token): Token => (token.kind === 'space' ? { ...token, text: ' ' } : token);

/** The tokens between `GRANT` and `TO`. Undefined for what gives no privileges on tables: roles, proxies, routines. */
export function readGrant(tokens: readonly Token[]): Grant | undefined {
  const meant = tokens.filter(({ kind }) => kind !== 'space');
  const on = meant.findIndex((token) => wordOf(token) === 'ON');
  if (on < 1) return undefined;
  const privileges = privilegesOf(meant.slice(0, on));
  const rest = meant.slice(wordOf(meant[on + 1]) === 'TABLE' ? on + 2 : on + 1);
  const [schema, dot, object] = rest;
  if (privileges === undefined || rest.length !== 3 || textOf(dot) !== '.') return undefined;
  const names = { schema: nameOf(schema), object: nameOf(object) };
  if (names.schema === undefined || names.object === undefined || (names.schema === '*' && names.object !== '*'))
    return undefined;
  return { privileges, schema: names.schema, object: names.object };
}

/** Words separated by commas, each perhaps with columns. */
function privilegesOf(tokens: readonly Token[]): readonly string[] | undefined {
  const found: string[] = [];
  let [words, columns]: [string[], boolean] = [[], false];
  for (const token of tokens) {
    const text = textOf(token);
    if (text === ',' && !columns) {
      if (words.length === 0) return undefined;
      found.push(words.join(' '));
      words = [];
    } else if (text === '(' && !columns && words.length > 0) columns = true;
    else if (text === ')' && columns) columns = false;
    else if (columns) {
      if (text !== ',' && nameOf(token) === undefined) return undefined;
    } else if (/^[A-Z_]+$/.test(wordOf(token))) words.push(wordOf(token));
    else return undefined;
  }
  if (columns || words.length === 0) return undefined;
  return [...found, words.join(' ')];
}

const textOf = (token: Token | undefined): string => (token !== undefined && 'text' in token ? token.text : '');
const wordOf = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '');

/** `*`, a word, or what stands between backquotes. */
function nameOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'word') return token.text;
  if (token?.kind === 'symbol') return token.text === '*' ? '*' : undefined;
  if (token?.kind !== 'quoted' || token.quote !== '`') return undefined;
  const text = token.pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
  return text === '' || text === '*' ? undefined : text.replaceAll('``', '`');
}
