import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import type { Token } from '../statements/lexer.ts';
import { parseStatements, placeholdersOf, type Statement } from '../statements.ts';

/** Statements as in Vault, each a text of one or several. */
export interface PostgresqlRole {
  readonly creationStatements: readonly string[];
  readonly revocationStatements: readonly string[];
  readonly renewStatements: readonly string[];
  /** Kept and never run: what does not work out is undone by its transaction. */
  readonly rollbackStatements: readonly string[];
  /** Who gets what a credential created: training results must not go with the job. The connection's when empty. */
  readonly ownedObjectsTo: string;
}

const statements = z.array(z.string().max(64 * 1024)).max(64);

export const postgresqlRoleFields = {
  creationStatements: statements,
  revocationStatements: statements,
  renewStatements: statements,
  rollbackStatements: statements,
  ownedObjectsTo: z.string().max(63),
} satisfies z.ZodRawShape;

export const newPostgresqlRole: PostgresqlRole = {
  creationStatements: [],
  revocationStatements: [],
  renewStatements: [],
  rollbackStatements: [],
  ownedObjectsTo: '',
};

/** The fields of a role that hold statements, as callers write them. */
export type StatementField = 'creation_statements' | 'revocation_statements' | 'renew_statements' | 'rollback_statements';

/** @throws WatchwordError `engine.invalid` */
export function statementsOf(role: PostgresqlRole, field: StatementField): readonly Statement[] {
  const texts = {
    creation_statements: role.creationStatements,
    revocation_statements: role.revocationStatements,
    renew_statements: role.renewStatements,
    rollback_statements: role.rollbackStatements,
  };
  return parseStatements(texts[field], 'postgresql', field);
}

/**
 * Whether it is plain that they make an account that ends with its lease: `CREATE ROLE {{name}} … VALID UNTIL '{{expiration}}'`, and
 * then nothing but grants.
 */
export function saysItsEnd([create, ...rest]: readonly Statement[]): boolean {
  const tokens = create?.tokens.filter(({ kind }) => kind !== 'space') ?? [];
  const says = (at: number, word: RegExp) => tokens[at]?.kind === 'word' && word.test(tokens[at].text);
  const makesIt = says(0, /^create$/i) && says(1, /^(?:role|user)$/i) && isOnly(tokens[2], /^(?:user)?name$/);
  const ends = tokens.some((token, at) => isOnly(token, /^expiration$/) && says(at - 1, /^until$/i) && says(at - 2, /^valid$/i));
  return makesIt && ends && rest.every(({ tokens: [first] }) => first?.kind === 'word' && /^grant$/i.test(first.text));
}

/** How many of the statements plainly change the credential itself, so that its row among the roles is written again. */
export function plainChanges(role: PostgresqlRole): number {
  const run = (['creation_statements', 'renew_statements', 'revocation_statements'] as const).flatMap((field) =>
    statementsOf(role, field),
  );
  return run.filter(({ tokens }) => {
    const [alter, kind, name, next] = tokens.filter((token) => token.kind !== 'space');
    const says = (token: Token | undefined, word: RegExp) => token?.kind === 'word' && word.test(token.text);
    return (
      says(alter, /^alter$/i) &&
      says(kind, /^(?:role|user)$/i) &&
      isOnly(name, /^(?:user)?name$/) &&
      !says(next, /^(?:set|reset|in)$/i)
    );
  }).length;
}

/** The placeholder and nothing else, between quotes or without. */
function isOnly(token: Token | undefined, placeholder: RegExp): boolean {
  if (token?.kind === 'placeholder') return placeholder.test(token.placeholder);
  if (token?.kind !== 'quoted' || token.pieces.length !== 1) return false;
  const [piece] = token.pieces;
  return typeof piece === 'object' && placeholder.test(piece.placeholder);
}

/** @throws WatchwordError `engine.invalid` */
export function checkPostgresqlRole(role: PostgresqlRole): readonly string[] {
  const creation = statementsOf(role, 'creation_statements');
  if (creation.length === 0) invalidSetting('creation_statements', 'must say how a role is made');
  const placed = new Set(creation.flatMap((statement) => [...placeholdersOf(statement)]));
  if (!placed.has('name') && !placed.has('username')) invalidSetting('creation_statements', 'must make a role called {{name}}');
  if (!placed.has('password')) invalidSetting('creation_statements', "must give the role its PASSWORD '{{password}}'");
  for (const statement of creation) checkPassword(statement);
  checkTransaction(creation, 'creation_statements');
  for (const field of ['revocation_statements', 'renew_statements', 'rollback_statements'] as const) {
    const statements = statementsOf(role, field);
    checkTransaction(statements, field);
    for (const statement of statements) {
      if (placeholdersOf(statement).has('password')) invalidSetting(field, 'there is no {{password}} any more then');
    }
  }
  const warnings: string[] = [];
  if (!placed.has('expiration')) {
    warnings.push("creation_statements say no VALID UNTIL '{{expiration}}': the role is given its end all the same");
  }
  if (creation.some(({ tokens }) => tokens.some((token) => token.kind === 'word' && powers.test(token.text)))) {
    warnings.push(
      'creation_statements make a role that can do more than its grants say: SUPERUSER, CREATEROLE, BYPASSRLS or REPLICATION',
    );
  }
  return warnings;
}

const powers = /^(?:superuser|createrole|bypassrls|replication)$/i;

/** The server gets a verifier in the place of the password, and knows what that is only after PASSWORD. */
function checkPassword({ tokens }: Pick<Statement, 'tokens'>): void {
  const meant = tokens.filter(({ kind }) => kind !== 'space');
  for (const [at, token] of meant.entries()) {
    if (token.kind === 'code') {
      if (typeof token.body !== 'string') checkPassword({ tokens: token.body });
      continue;
    }
    if (!placeholdersOf({ tokens: [token] }).has('password')) continue;
    const before = meant[at - 1];
    const alone = token.kind === 'placeholder' || (token.kind === 'quoted' && token.quote === "'" && token.pieces.length === 1);
    if (!alone || before?.kind !== 'word' || before.text.toLowerCase() !== 'password') {
      invalidSetting('creation_statements', "{{password}} may stand only as PASSWORD '{{password}}': the server gets a verifier");
    }
  }
}

/** What would end the transaction that makes all or nothing, outlive it in the connection, or wait for data that never comes. */
const outside =
  /^(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare|execute|deallocate|reset|discard|listen|notify|load|copy|set(?! local\b))\b/i;

function checkTransaction(statements: readonly Statement[], field: StatementField): void {
  for (const [index, { tokens }] of statements.entries()) {
    const words = tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : []));
    const begin = words.slice(0, 2).join(' ');
    if (outside.test(begin)) {
      const what = `statement ${index + 1}, character 1: ${words[0]?.toUpperCase()} is not taken: all statements are one transaction already`;
      invalidSetting(field, what);
    }
  }
}
