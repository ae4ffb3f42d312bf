import type { Random } from '../../../foundation/ports.ts';
import { type Shortfall, TargetError } from '../engine.ts';
import { newPassword } from '../password.ts';
import { codes, MongodbRefusal } from './failure.ts';
import type { MongodbUser } from './role.ts';
import type { MongodbSession } from './sessions.ts';

/** A name that no user has: shorter than any of ours. */
const NOBODY = 'ww_check';

interface Account {
  readonly user: string;
  readonly db: string;
}

/** Something that is refused where the right is missing, and does nothing where it is not. */
interface Probe {
  readonly db: string;
  readonly command: Readonly<Record<string, unknown>>;
  readonly missing: Shortfall;
}

interface Wanted {
  readonly users: readonly MongodbUser[];
  readonly random: Random;
}

/** What the account lacks, found by what the server refuses. @throws TargetError */
export async function shortfallsOf(session: MongodbSession, wanted: Wanted): Promise<readonly Shortfall[]> {
  const { authInfo } = await session.ask('admin', { connectionStatus: 1 });
  const account: Account | undefined = authInfo?.authenticatedUsers?.[0];
  if (account === undefined) throw new TargetError('refused', 'the server does not know who has logged in');
  const found: Shortfall[] = [];
  for (const probe of probesFor(account, wanted)) {
    const refused = await isUnauthorized(session, probe);
    if (refused && !found.some(({ what }) => what === probe.missing.what)) found.push(probe.missing);
  }
  return found;
}

function probesFor({ user, db: home }: Account, { users, random }: Wanted): readonly Probe[] {
  const databases = [...new Set(users.length === 0 ? [home] : users.map(({ db }) => db))];
  const pwd = newPassword(random).text;
  const rightsIn = (db: string, ...actions: string[]) =>
    lacking(`${actions.join(', ')} in ${db}`, { db: '', collection: '' }, actions);
  // Nobody is made where the account itself is: its name is taken.
  const makes = users.filter(({ db }) => db === home).map(({ roles }) => roles);
  const creation = [...(makes.length === 0 ? [[]] : makes)].map((roles) => ({
    db: home,
    command: { createUser: user, pwd, roles, mechanisms: ['SCRAM-SHA-256'] },
    missing: rightsIn(home, 'createUser', 'grantRole'),
  }));
  const changes = databases.flatMap((db) => [
    { db, command: { dropUser: NOBODY }, missing: rightsIn(db, 'dropUser') },
    { db, command: { updateUser: NOBODY, pwd, roles: [] }, missing: rightsIn(db, 'changePassword', 'revokeRole') },
    { db, command: { usersInfo: { user: NOBODY, db } }, missing: rightsIn(db, 'viewUser') },
  ]);
  const list = { find: 'system.users', filter: { user: NOBODY }, projection: { user: 1 }, limit: 1 };
  const found = lacking('find in admin.system.users', { db: 'admin', collection: 'system.users' }, ['find']);
  const ended = lacking('killAnySession in the cluster', { cluster: true }, ['killAnySession']);
  return [
    ...creation,
    ...changes,
    { db: 'admin', command: list, missing: found },
    { db: 'admin', command: { killAllSessions: [{ user: NOBODY, db: 'admin' }] }, missing: ended },
  ];
}

const lacking = (what: string, resource: object, actions: readonly string[]): Shortfall => ({
  what,
  remedy: `db.getSiblingDB("admin").grantPrivilegesToRole("watchword", [${JSON.stringify({ resource, actions })}])`,
});

async function isUnauthorized(session: MongodbSession, { db, command }: Probe): Promise<boolean> {
  try {
    await session.ask(db, command);
    return false;
  } catch (error) {
    if (!(error instanceof MongodbRefusal)) throw error;
    return error.code === codes.unauthorized;
  }
}
