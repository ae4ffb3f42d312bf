import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { type Account, accountsNamed, addressed } from './accounts.ts';
import { identifiedBy, runStatements } from './credential.ts';
import { parse } from './role.ts';
import type { MysqlSession } from './session.ts';

/** Ways of logging in for which the server keeps a password that can be set. */
const takesPasswords: Readonly<Record<'mariadb' | 'mysql', ReadonlySet<string>>> = {
  mariadb: new Set(['', 'mysql_native_password']),
  mysql: new Set(['mysql_native_password', 'sha256_password', 'caching_sha2_password']),
};

export interface PasswordSetting {
  readonly username: string;
  /** Whether it is the account that we are. */
  readonly own: boolean;
  readonly password: Secret;
  /** An operator's, instead. */
  readonly statements: readonly string[];
}

/** Every account of the name gets it, wherever it logs in from; of our own name only the one that we are. @throws TargetError */
export async function changePassword(session: MysqlSession, setting: PasswordSetting): Promise<void> {
  const { username, own, password, statements } = setting;
  const { mariadb, account: self } = session.facts;
  if (statements.length > 0) {
    const where = 'root_rotation_statements';
    const values = { name: username, username };
    await runStatements(session, parse(statements, where), { where, values, password });
    return;
  }
  const all = await accountsNamed(session, username);
  const accounts = own ? all.filter(({ host }) => host === self.host) : all;
  if (accounts.length === 0) throw new TargetError('refused', 'there is no such account');
  for (const account of accounts) checkPlugin(account, mariadb);
  for (const account of accounts) {
    await session.change(`ALTER USER ${addressed(account)} ${identifiedBy(password, mariadb)}`, true);
  }
}

/** Setting a password would replace the way that it logs in. */
function checkPlugin({ plugin, host }: Account, mariadb: boolean): void {
  if (takesPasswords[mariadb ? 'mariadb' : 'mysql'].has(plugin)) return;
  throw new TargetError(
    'refused',
    `the account of the host ${host} logs in by ${plugin}, and not by a password that could be set`,
  );
}
