import { LexicalFault, lex, type Token } from '../statements/lexer.ts';
import { placeholdersOf } from '../statements.ts';
import { type PostgresqlRole, type StatementField, statementsOf } from './role.ts';
import { StatementRefusal } from './transaction.ts';

/** Those that are ever run. */
const fields: readonly StatementField[] = ['creation_statements', 'renew_statements', 'revocation_statements'];

/** Of what a role does to the account that made it. */
export const CHANGES_US = 'would change the account that this connection works with';
/** Of a credential that would have all that the configured account has. */
export const BECOMES_US = 'would make the credential a member of the configured account';

/**
 * Looks for statements that plainly change the configured account, or give it away: its password is not readable for anybody, so what
 * a rehearsal did to it does not show. What is put together at run time is not seen.
 * @throws StatementRefusal
 */
export function refuseOwnAccount(role: PostgresqlRole, username: string): void {
  for (const field of fields) {
    for (const [index, statement] of statementsOf(role, field).entries()) {
      const fault = faultIn(statement.tokens, username);
      if (fault === undefined) continue;
      const character = fault.at - (statement.tokens[0]?.at ?? 0) + 1;
      const message = `${field}: statement ${index + 1}, character ${character}: ${fault.what}`;
      throw new StatementRefusal(message, '', { field, statement });
    }
  }
}

interface Fault {
  /** Characters from the beginning of the text. */
  readonly at: number;
  readonly what: string;
}

function faultIn(tokens: readonly Token[], username: string): Fault | undefined {
  const meant = new Meant(
    tokens.filter(({ kind }) => kind !== 'space'),
    username,
  );
  for (const [index, token] of meant.tokens.entries()) {
    const inside = token.kind === 'code' ? faultIn(programOf(token.body), username)?.what : undefined;
    const what = inside ?? meant.faultAt(index);
    if (what !== undefined) return { at: token.at, what };
  }
  return undefined;
}

/** A text that is no SQL has no statements. */
function programOf(body: string | readonly Token[]): readonly Token[] {
  if (typeof body !== 'string') return body;
  try {
    return [...lex(body, 'postgresql', { placeholders: undefined })];
  } catch (error) {
    if (!(error instanceof LexicalFault)) throw error;
    return [];
  }
}

class Meant {
  readonly tokens: readonly Token[];
  readonly #username: string;

  constructor(tokens: readonly Token[], username: string) {
    this.tokens = tokens;
    this.#username = username;
  }

  faultAt(at: number): string | undefined {
    switch (this.#word(at)) {
      case 'alter':
        return /^(?:role|user|group)$/.test(this.#word(at + 1)) && this.#isOwn(at + 2) ? CHANGES_US : undefined;
      case 'owned':
        return this.#word(at + 1) === 'by' && this.#anyOwn(at + 2, /^(?:to|cascade|restrict)$/) ? CHANGES_US : undefined;
      case 'grant':
        return this.#anyOwn(at + 1, /^(?:on|to)$/) ? BECOMES_US : undefined;
      case 'revoke':
        return this.#revokesFromUs(at) ? CHANGES_US : undefined;
      default:
        return undefined;
    }
  }

  /** Its own membership in the credential is what the configured account may give back. */
  #revokesFromUs(at: number): boolean {
    const what = this.tokens[at + 1];
    if (what !== undefined && placeholdersOf({ tokens: [what] }).size > 0) return false;
    const from = this.#end(at, /^from$/);
    return this.#anyOwn(from + 1, /^(?:cascade|restrict|granted)$/);
  }

  #word(at: number): string {
    const token = this.tokens[at];
    return token?.kind === 'word' ? token.text.toLowerCase() : '';
  }

  #anyOwn(from: number, end: RegExp): boolean {
    for (let at = from; at < this.#end(from, end); at += 1) if (this.#isOwn(at)) return true;
    return false;
  }

  /** Where one of these words stands, or the statement ends. */
  #end(from: number, words: RegExp): number {
    const found = this.tokens.findIndex(
      (token, at) => at >= from && (words.test(this.#word(at)) || (token.kind === 'symbol' && token.text === ';')),
    );
    return found < 0 ? this.tokens.length : found;
  }

  #isOwn(at: number): boolean {
    const token = this.tokens[at];
    if (token?.kind === 'word')
      return /^(?:current_user|current_role|session_user)$/i.test(token.text) || this.#word(at) === this.#username;
    if (token?.kind !== 'quoted' || token.quote !== '"' || token.pieces.some((piece) => typeof piece !== 'string')) return false;
    return token.pieces.join('').replaceAll('""', '"') === this.#username;
  }
}
