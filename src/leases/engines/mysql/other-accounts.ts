import { invalidSetting } from '../invalid-setting.ts';
import type { Token } from '../statements/lexer.ts';
import type { Statement } from '../statements.ts';

/**
 * Looks for statements that plainly make, change or drop an account other than {{name}}: nobody would take that back, and it may be
 * the configured account itself. @throws WatchwordError `engine.invalid`
 */
export function refuseOtherAccounts(statements: readonly Statement[], where: string): void {
  for (const [index, { tokens }] of statements.entries()) {
    const other = otherAccount(tokens.filter(({ kind }) => kind !== 'space'));
    if (other === undefined) continue;
    const place = `statement ${index + 1}, character ${other.at - (tokens[0]?.at ?? 0) + 1}`;
    invalidSetting(where, `${place}: changes an account that is not called {{name}}: nobody would take that back`);
  }
}

function otherAccount(tokens: readonly Token[]): Token | undefined {
  const words = tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : '·'));
  const begin = words.slice(0, 8).join(' ');
  const password = /^set password(?: for)?/.exec(begin)?.[0].split(' ').length;
  if (password !== undefined) return password === 2 || !isName(tokens[3]) ? tokens[password === 2 ? 0 : 3] : undefined;
  const first = /^(?:create(?: or replace)?|alter|drop|rename) user(?: if(?: not)? exists)?/.exec(begin)?.[0].split(' ').length;
  if (first === undefined) return undefined;
  const accounts = tokens.filter((_token, at) => at === first || (at > first && isComma(tokens[at - 1])));
  return accounts.find((token) => !isName(token));
}

const isComma = (token: Token | undefined): boolean => token?.kind === 'symbol' && token.text === ',';

/** The placeholder and nothing else, between quotes or without. */
function isName(token: Token | undefined): boolean {
  const [piece, ...rest] = token?.kind === 'quoted' ? token.pieces : token?.kind === 'placeholder' ? [token] : [];
  return typeof piece === 'object' && rest.length === 0 && /^(?:user)?name$/.test(piece.placeholder);
}
