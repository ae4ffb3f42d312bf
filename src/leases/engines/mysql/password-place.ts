import type { Token } from '../statements/lexer.ts';
import { placeholdersOf, type Statement } from '../statements.ts';

/** Where a password stands in a statement: its index among the tokens, and what stands before it. */
export interface PasswordPlace {
  readonly index: number;
  readonly token: Token;
  /** The two words before it, in upper case. */
  readonly before: string;
}

export function passwordPlaces({ tokens }: Statement): readonly PasswordPlace[] {
  const places: PasswordPlace[] = [];
  const words: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'space') continue;
    if (placeholdersOf({ tokens: [token] }).has('password')) places.push({ index, token, before: words.slice(-2).join(' ') });
    words.push(token.kind === 'word' ? token.text.toUpperCase() : '');
  }
  return places;
}

/** Whether the whole token is the password, and the server takes `PASSWORD` and its hash in the same place. */
export function isHashable({ token, before }: PasswordPlace): boolean {
  const whole = token.kind === 'placeholder' || (token.kind === 'quoted' && token.quote !== '`' && token.pieces.length === 1);
  return whole && before === 'IDENTIFIED BY';
}

/** The statement with the hash of the password wherever the server takes that instead. */
export function withHash(statement: Statement, hash: string): Statement {
  const places = new Set(
    passwordPlaces(statement)
      .filter(isHashable)
      .map(({ index }) => index),
  );
  const tokens = statement.tokens.flatMap((token, index): readonly Token[] => {
    const { at } = token;
    if (!places.has(index)) return [token];
    return [
      { kind: 'word', at, text: 'PASSWORD' },
      { kind: 'space', at, text: ' ' },
      { kind: 'quoted', at, quote: "'", style: 'escaped', pieces: [hash] },
    ];
  });
  return { ...statement, tokens };
}
