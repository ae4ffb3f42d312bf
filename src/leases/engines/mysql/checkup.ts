import { WatchwordError } from '../../../foundation/errors.ts';
import { Secret } from '../../../foundation/secret.ts';
import type { Shortfall } from '../engine.ts';
import type { Statement } from '../statements.ts';
import { addressed, quoted } from './accounts.ts';
import { fill, grantOf, identifiedBy } from './credential.ts';
import { MysqlRefusal } from './failure.ts';
import { checkGrant, type Grant, readGrant } from './grants.ts';
import { generalShortfalls, grantShortfalls, rightsOf } from './rights.ts';
import { type MysqlRole, parse } from './role.ts';
import type { MysqlSession } from './session.ts';

/** What the account lacks, and what is set so that credentials would not work. Changes nothing. @throws TargetError */
export async function shortfallsOf(session: MysqlSession, roles: readonly MysqlRole[]): Promise<readonly Shortfall[]> {
  const rights = await rightsOf(session);
  const found = generalShortfalls(rights, session);
  const accounts = await accountShortfalls(session);
  const passwords = session.facts.mariadb ? await validationShortfalls(session) : [];
  const wanted = roles.flatMap(grantsOf);
  const grants = grantShortfalls(rights, wanted, session);
  const routines = wanted.some(({ privileges }) => privileges.some((each) => runsRoutines.test(each)));
  const threads = routines ? await threadShortfalls(session) : [];
  const all = [...found, ...accounts, ...passwords, ...grants, ...threads];
  return all.filter(({ remedy }, at) => all.findIndex((other) => other.remedy === remedy) === at);
}

/** An account without a name stands in front of every account that may come from anywhere. */
async function accountShortfalls(session: MysqlSession): Promise<readonly Shortfall[]> {
  try {
    const rows = await session.ask("SELECT Host AS host FROM mysql.user WHERE User = ''");
    return rows
      .map((row) => addressed({ name: '', host: String(row['host']) }))
      .map((account) => ({
        what: `log in with what was issued where ${account} is taken instead, since its host is named more exactly`,
        remedy: `DROP USER ${account}`,
      }));
  } catch (error) {
    if (!(error instanceof MysqlRefusal)) throw error;
    const us = addressed(session.facts.account);
    return [{ what: 'see which accounts there are (SELECT on mysql.user)', remedy: `GRANT SELECT ON mysql.user TO ${us}` }];
  }
}

const runsRoutines = /^(?:EXECUTE|ALL|ALL PRIVILEGES)$/;

/** Without it a session is not found while it carries out a routine with the rights of whoever wrote that. */
async function threadShortfalls(session: MysqlSession): Promise<readonly Shortfall[]> {
  const what = 'end a session while it carries out a routine (SQL SECURITY DEFINER)';
  const [row] = await session.ask('SELECT @@GLOBAL.performance_schema AS active');
  if (Number(row?.['active']) !== 1) return [{ what, remedy: 'start the server with performance_schema=ON' }];
  try {
    await session.ask('SELECT PROCESSLIST_ID FROM performance_schema.threads LIMIT 1');
    return [];
  } catch (error) {
    if (!(error instanceof MysqlRefusal)) throw error;
    return [{ what, remedy: `GRANT SELECT ON performance_schema.threads TO ${addressed(session.facts.account)}` }];
  }
}

async function validationShortfalls(session: MysqlSession): Promise<readonly Shortfall[]> {
  const plugins = await session.ask(
    "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION' AND PLUGIN_STATUS = 'ACTIVE'",
  );
  const [row] = await session.ask('SELECT @@GLOBAL.strict_password_validation AS strict');
  if (plugins.length === 0 || Number(row?.['strict']) !== 1) return [];
  return [
    {
      what: 'give an account its password as a hash (strict_password_validation)',
      remedy: 'SET GLOBAL strict_password_validation = OFF; passwords from here are 24 random letters and digits',
    },
  ];
}

/** Those of its grants that can be read without carrying them out. */
function grantsOf(role: MysqlRole): readonly Grant[] {
  const ours = role.grants.map((text) => checkGrant(text, 'grants'));
  const theirs = parse(role.creationStatements, 'creation_statements').map(grantedBy);
  return [...ours, ...theirs.filter((grant) => grant !== undefined)];
}

function grantedBy({ tokens }: Statement): Grant | undefined {
  const words = tokens.map((token) => (token.kind === 'word' ? token.text.toUpperCase() : ''));
  const start = tokens.findIndex(({ kind }) => kind !== 'space');
  return words[start] === 'GRANT' ? readGrant(tokens.slice(start + 1, words.lastIndexOf('TO'))) : undefined;
}

const nobody = { name: 'watchword_try', username: 'watchword_try', expiration: '2030-01-01 00:00:00+0000' };

/**
 * Has the server read every statement: it carries out none, since it could not undo it.
 * @throws WatchwordError `engine.invalid`; TargetError
 */
export async function tryStatements(session: MysqlSession, role: MysqlRole): Promise<void> {
  const { mariadb } = session.facts;
  const password = Secret.fromText('Aa0');
  const account = addressed({ name: nobody.name, host: role.host });
  const fields = [
    ['creation_statements', role.creationStatements],
    ['revocation_statements', role.revocationStatements],
    ['rollback_statements', role.rollbackStatements],
    ['renew_statements', role.renewStatements],
  ] as const;
  for (const [where, texts] of fields) {
    const filled = parse(texts, where).map((statement) => fill(statement, { values: nobody, password }, mariadb));
    await tryTexts(session, where, filled);
  }
  if (role.creationStatements.length > 0) return;
  await tryTexts(session, 'host', [`CREATE USER ${account} ${identifiedBy(password, mariadb)}`]);
  await tryTexts(
    session,
    'grants',
    role.grants.map((text) => grantOf(text, account)),
  );
}

async function tryTexts(session: MysqlSession, where: string, texts: readonly string[]): Promise<void> {
  for (const [index, text] of texts.entries()) {
    const complaint = await session.complaint(quoted(text));
    if (complaint === undefined) continue;
    throw new WatchwordError('engine.invalid', `${where}, statement ${index + 1}: the server says: ${complaint}`, { where });
  }
}
