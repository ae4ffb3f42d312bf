import { createHash } from 'node:crypto';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { type RedisRole, rulesOf } from './acl-rules.ts';
import type { RedisConnection } from './connection.ts';
import { RedisRefusal, type RedisSession, RedisSessions, type Reply } from './sessions.ts';

export interface RedisMaterial extends Readonly<Record<string, unknown>> {
  readonly password: Secret;
}

/** The name is all that is needed. */
export type RedisHandle = Readonly<Record<string, never>>;

type Ref = CredentialRef<RedisRole, RedisMaterial, RedisHandle>;

const NEEDED = ['setuser', 'deluser', 'getuser', 'users', 'save'] as const;

/** What the server is told instead of a password. */
const hashed = (password: Secret): string => `#${createHash('sha256').update(password.bytes).digest('hex')}`;

/** Users of one server. Theirs is the node that is configured: Redis tells no other node of its users. */
export class RedisTarget implements Target<RedisRole, RedisMaterial, RedisHandle> {
  readonly #sessions: RedisSessions;
  readonly #account: string;
  readonly #on: EngineDependencies;

  constructor(connection: RedisConnection, on: EngineDependencies) {
    this.#sessions = new RedisSessions(connection);
    this.#account = connection.username === '' ? 'default' : connection.username;
    this.#on = on;
  }

  async check(_roles: readonly RedisRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    return await this.#sessions.use(call, [], async (session) => {
      const lacking = await missingRights(session, this.#account);
      return lacking.length > 0 ? lacking : await openDoors(session);
    });
  }

  async tryRole(role: RedisRole, call: TargetCall): Promise<void> {
    const name = `ww_try_${this.#on.random.bytes(12).toString('hex')}`;
    await this.#sessions.use(call, [], async (session) => {
      try {
        await session.send('ACL', 'SETUSER', name, 'reset', 'resetchannels', 'off', ...rulesOf(role));
      } catch (error) {
        if (!(error instanceof RedisRefusal) || error.code !== 'ERR') throw error;
        const where = 'creation_statements';
        throw new WatchwordError('engine.invalid', `${where}: the server says: ${error.message}`, { where });
      }
      await remove(session, name);
    });
  }

  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<RedisHandle>> {
    if (material === undefined) throw new TargetError('refused', 'the credential has been given already');
    const { password } = material;
    const name = lease.externalName;
    await this.#sessions.use(call, [password], async (session) => {
      await session.send('ACL', 'SETUSER', name, 'reset', 'resetchannels', 'on', hashed(password), ...rulesOf(role));
      await save(session);
    });
    return { handle: {}, output: { username: name, password } };
  }

  async renew({ lease }: Ref, call: TargetCall): Promise<number> {
    const there = await this.#sessions.use(call, [], (session) => find(session, lease.externalName));
    if (there === undefined) throw new TargetError('refused', 'the user is gone');
    return lease.expiresAt;
  }

  async revoke({ lease }: Ref, call: TargetCall): Promise<void> {
    await this.#sessions.use(call, [], (session) => remove(session, lease.externalName));
  }

  async probe({ lease }: Ref, call: TargetCall): Promise<'unlimited' | undefined> {
    const there = await this.#sessions.use(call, [], (session) => find(session, lease.externalName));
    return there === undefined ? undefined : 'unlimited';
  }

  async list(prefix: string, call: TargetCall): Promise<readonly string[]> {
    const users = await this.#sessions.use(call, [], (session) => session.send('ACL', 'USERS'));
    return listOf(users).filter((name) => name.startsWith(prefix));
  }

  async setPassword(username: string, password: Secret, call: TargetCall): Promise<void> {
    await this.#sessions.use(call, [password], async (session) => {
      // SETUSER would make it.
      if ((await find(session, username)) === undefined) throw new TargetError('refused', 'there is no such user');
      // Before anything changes: with nowhere to keep it, the older password would be good again after a restart.
      if (!(await save(session))) {
        throw new TargetError('refused', 'the server has no aclfile: after a restart it would know the older password again');
      }
      await session.send('ACL', 'SETUSER', username, 'resetpass', hashed(password));
      await save(session);
    });
  }

  async verifyPassword(username: string, password: Secret, call: TargetCall): Promise<boolean> {
    try {
      await this.#sessions.logIn({ username, password }, call);
      return true;
    } catch (error) {
      if (error instanceof RedisRefusal && error.code === 'WRONGPASS') return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#sessions.close();
  }
}

/** Deleting a user closes what it has opened; an aclfile that still has it would bring it back at the next start. */
async function remove(session: RedisSession, name: string): Promise<void> {
  await session.send('ACL', 'DELUSER', name);
  await save(session);
  if ((await find(session, name)) !== undefined) throw new TargetError('unknown-outcome', 'the user is still there');
}

/** Where the server keeps its users in a file, it does so now. Gives whether it does. Failing is as bad as not having done it. */
async function save(session: RedisSession): Promise<boolean> {
  try {
    await session.send('ACL', 'SAVE');
    return true;
  } catch (error) {
    if (!(error instanceof RedisRefusal)) throw error;
    if (/not configured to use an ACL file/i.test(error.message)) return false;
    throw new TargetError('unknown-outcome', `the users could not be saved: ${error.message}`);
  }
}

const find = async (session: RedisSession, name: string): Promise<Reply | undefined> =>
  (await session.send('ACL', 'GETUSER', name)) ?? undefined;

const listOf = (reply: Reply | undefined): string[] => (Array.isArray(reply) ? reply.map(String) : []);

/** Asked without doing anything, since Redis 7; older servers have no way to. */
async function missingRights(session: RedisSession, account: string): Promise<Shortfall[]> {
  const lacking: string[] = [];
  for (const command of NEEDED) {
    const words = command === 'users' || command === 'save' ? [] : ['ww_check'];
    try {
      const answer = await session.send('ACL', 'DRYRUN', account, 'ACL', command, ...words);
      if (answer !== 'OK') lacking.push(command);
    } catch (error) {
      if (!(error instanceof RedisRefusal)) throw error;
      if (error.code === 'NOPERM') return [shortfall(account, ['dryrun'])];
      if (/unknown (?:sub)?command/i.test(error.message)) return [];
      throw error;
    }
  }
  return lacking.length === 0 ? [] : [shortfall(account, lacking)];
}

const shortfall = (account: string, commands: readonly string[]): Shortfall => ({
  what: commands.map((command) => `acl ${command}`).join(', '),
  remedy: `ACL SETUSER ${account} +acl`,
});

/** Anybody may be `default` as Redis comes: then no credential is needed at all. */
async function openDoors(session: RedisSession): Promise<Shortfall[]> {
  const user = await find(session, 'default');
  const fields = Array.isArray(user) ? user : [];
  const flags = listOf(fields[fields.indexOf('flags') + 1]);
  if (!flags.includes('on') || !flags.includes('nopass')) return [];
  return [{ what: 'the user default needs no password, so nobody needs a credential', remedy: 'ACL SETUSER default off' }];
}
