import { WatchwordError } from '../../../foundation/errors.ts';
import type { Random } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type Sealable,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { newPassword } from '../password.ts';
import { shortfallsOf } from './checkup.ts';
import { addressOf, type MongodbConnection } from './connection.ts';
import { codes, MongodbRefusal } from './failure.ts';
import { type MongodbRole, type MongodbUser, userOf } from './role.ts';
import { type MongodbSession, MongodbSessions } from './sessions.ts';

export interface MongodbMaterial extends Sealable {
  readonly password: Secret;
}

type Ref = CredentialRef<MongodbRole, MongodbMaterial, Sealable>;

/** Users of one deployment of MongoDB: a server, a replica set, or a cluster behind its routers. */
export class MongodbTarget implements Target<MongodbRole, MongodbMaterial, Sealable> {
  readonly #sessions: MongodbSessions;
  readonly #authSource: string;
  readonly #random: Random;

  constructor(connection: MongodbConnection, random: Random) {
    this.#sessions = new MongodbSessions(connection);
    this.#authSource = addressOf(connection).authSource;
    this.#random = random;
  }

  async check(roles: readonly MongodbRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    const lacking = await this.#sessions.use(call, [], (session) =>
      shortfallsOf(session, { users: roles.map(userOf), random: this.#random }),
    );
    return [...lacking, ...(await this.#openDoors(call))];
  }

  /** As the server comes, it asks nobody who they are. */
  async #openDoors(call: TargetCall): Promise<readonly Shortfall[]> {
    try {
      await this.#sessions.logIn(undefined, call, { usersInfo: 1 });
    } catch (error) {
      if (error instanceof MongodbRefusal) return [];
      throw error;
    }
    return [
      {
        what: 'the server asks nobody for a password, so nobody needs a credential',
        remedy: 'security.authorization: enabled in mongod.conf, and a restart',
      },
    ];
  }

  async tryRole(role: MongodbRole, call: TargetCall): Promise<void> {
    const user = userOf(role);
    const name = `ww_try_${this.#random.bytes(12).toString('hex')}`;
    const password = newPassword(this.#random);
    await this.#sessions.use(call, [password], async (session) => {
      try {
        await session.change(user.db, creationOf(name, password, user));
      } catch (error) {
        if (!(error instanceof MongodbRefusal) || !unusable.has(error.code)) throw error;
        const where = 'creation_statements';
        throw new WatchwordError('engine.invalid', `${where}: the server says: ${error.message}`, { where });
      }
      await drop(session, user.db, name);
    });
  }

  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<Sealable>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const { password } = material;
    const { externalName: name, holder } = lease;
    const user = userOf(role);
    await this.#sessions.use(call, [password], async (session) => {
      try {
        await session.change(user.db, { ...creationOf(name, password, user), customData: { holder } });
      } catch (error) {
        if (!isRefusal(error, codes.userExists)) throw error;
        // An earlier try came further than it knew.
        await session.change(user.db, { updateUser: name, pwd: password.text, roles: user.roles });
      }
    });
    return { handle: {}, output: { username: name, password } };
  }

  async renew({ lease, role }: Ref, call: TargetCall): Promise<number> {
    const there = await this.#isThere(role, lease.externalName, call);
    if (!there) throw new TargetError('refused', 'it is gone');
    return lease.expiresAt;
  }

  /** A user that is gone logs in no more; what it was doing when it went is ended after that. */
  async revoke({ lease, role }: Ref, call: TargetCall): Promise<void> {
    const { db } = userOf(role);
    const user = lease.externalName;
    await this.#sessions.use(call, [], async (session) => {
      await drop(session, db, user);
      const failure = await endSessions(session, db, user);
      if (await isThere(session, db, user)) throw new TargetError('unknown-outcome', 'it is still there');
      if (failure !== undefined) throw failure;
    });
  }

  async probe({ lease, role }: Ref, call: TargetCall): Promise<'unlimited' | undefined> {
    return (await this.#isThere(role, lease.externalName, call)) ? 'unlimited' : undefined;
  }

  async list(prefix: string, call: TargetCall): Promise<readonly string[]> {
    return await this.#sessions.use(call, [], (session) => session.userNames(new RegExp(`^${prefix.replaceAll(/\W/g, '\\$&')}`)));
  }

  async setPassword(username: string, password: Secret, call: TargetCall): Promise<void> {
    await this.#sessions.use(call, [password], async (session) => {
      try {
        await session.change(this.#authSource, { updateUser: username, pwd: password.text });
      } catch (error) {
        if (isRefusal(error, codes.userNotFound))
          throw new TargetError('refused', `there is no such user in ${this.#authSource}`);
        throw error;
      }
    });
  }

  async verifyPassword(username: string, password: Secret, call: TargetCall): Promise<boolean> {
    try {
      await this.#sessions.logIn({ username, password }, call, { ping: 1 });
      return true;
    } catch (error) {
      if (isRefusal(error, codes.authenticationFailed)) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#sessions.close();
  }

  async #isThere(role: MongodbRole, name: string, call: TargetCall): Promise<boolean> {
    const { db } = userOf(role);
    return await this.#sessions.use(call, [], (session) => isThere(session, db, name));
  }
}

/** What the server says of a role that it can't give. */
const unusable: ReadonlySet<number> = new Set([
  codes.badValue,
  codes.failedToParse,
  codes.typeMismatch,
  codes.roleNotFound,
  codes.invalidNamespace,
]);
/** Servers that have no such command. */
const without: ReadonlySet<number> = new Set([codes.commandNotFound, codes.commandNotSupported, codes.atlas]);

const isRefusal = (error: unknown, code: number): boolean => error instanceof MongodbRefusal && error.code === code;

/** The server makes the hashes of SCRAM-SHA-256 itself: it takes no others. */
const creationOf = (name: string, password: Secret, { roles }: MongodbUser) => ({
  createUser: name,
  pwd: password.text,
  roles,
  mechanisms: ['SCRAM-SHA-256'],
});

async function drop(session: MongodbSession, db: string, name: string): Promise<void> {
  try {
    await session.change(db, { dropUser: name });
  } catch (error) {
    if (!isRefusal(error, codes.userNotFound)) throw error;
  }
}

/** Ends what a user is doing now. Gives what stands in the way, where the account may not. */
async function endSessions(session: MongodbSession, db: string, user: string): Promise<TargetError | undefined> {
  try {
    await session.ask('admin', { killAllSessions: [{ user, db }] });
    return undefined;
  } catch (error) {
    if (!(error instanceof MongodbRefusal)) throw error;
    return without.has(error.code)
      ? undefined
      : new TargetError('refused', `what the user was doing could not be ended: ${error.message}`);
  }
}

async function isThere(session: MongodbSession, db: string, user: string): Promise<boolean> {
  const { users } = await session.ask(db, { usersInfo: { user, db } });
  return Array.isArray(users) && users.length > 0;
}
