import type { Secret } from '../../../foundation/secret.ts';
import { type LeaseFacts, TargetError } from '../engine.ts';
import { placeholdersOf, render, type Statement } from '../statements.ts';
import { addressed, quoted } from './accounts.ts';
import { MysqlRefusal } from './failure.ts';
import { checkGrant } from './grants.ts';
import { nativePasswordHash } from './native-password.ts';
import { passwordPlaces, withHash } from './password-place.ts';
import { type MysqlRole, parse } from './role.ts';
import type { MysqlSession } from './session.ts';

/** `2026-11-26 04:30:00+0000`, as Vault writes it. */
const wireTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+0000`;

/** What placeholders stand for; without the password once it is not known any more. */
export function valuesOf({ externalName, expiresAt }: LeaseFacts): Readonly<Record<string, string>> {
  return { name: externalName, username: externalName, expiration: wireTime(expiresAt) };
}

/** How an account is given its password, without the password where the server takes a hash. */
export function identifiedBy(password: Secret, mariadb: boolean): string {
  return mariadb ? `IDENTIFIED BY PASSWORD ${quoted(nativePasswordHash(password))}` : `IDENTIFIED BY ${quoted(password.text)}`;
}

/** Makes the account and lets it do what the role says. @throws TargetError */
export async function makeAccount(session: MysqlSession, role: MysqlRole, lease: LeaseFacts, password: Secret): Promise<void> {
  const statements = parse(role.creationStatements, 'creation_statements');
  if (statements.length > 0) {
    await runStatements(session, statements, { where: 'creation_statements', values: valuesOf(lease), password });
    return;
  }
  const account = addressed({ name: lease.externalName, host: role.host });
  await session.change(`CREATE USER ${account} ${identifiedBy(password, session.facts.mariadb)}`, true);
  for (const text of role.grants) await session.change(grantOf(text, account));
}

/** @param text one of {@link MysqlRole.grants} */
export const grantOf = (text: string, account: string): string => `GRANT ${checkGrant(text, 'grants').text} TO ${account}`;

export interface Filling {
  /** The field that they stand in. */
  readonly where: string;
  readonly values: Readonly<Record<string, string>>;
  readonly password?: Secret;
}

/** An operator's statements, one after the other. @throws TargetError that says which */
export async function runStatements(session: MysqlSession, statements: readonly Statement[], filling: Filling): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    const secret = placeholdersOf(statement).has('password');
    try {
      await session.run(statement, fill(statement, filling, session.facts.mariadb), secret);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      const message = `${filling.where}, statement ${index + 1}: ${error.message}`;
      throw error instanceof MysqlRefusal ? new MysqlRefusal(message, error.errno) : new TargetError(error.kind, message);
    }
  }
}

/** The text of one statement, with the hash of the password where the server takes it. */
export function fill(statement: Statement, { values, password }: Omit<Filling, 'where'>, mariadb: boolean): string {
  if (password === undefined) return render(statement, values);
  const hashes = mariadb && passwordPlaces(statement).length > 0;
  const filled = hashes ? withHash(statement, nativePasswordHash(password)) : statement;
  return render(filled, { ...values, password: password.text });
}
