import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead, defineStaged } from '../../access/operation.ts';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { StaticAccount } from '../accounts/account.ts';
import { PasswordChange, type PasswordChangeDependencies } from '../accounts/password-change.ts';
import { forgetAccount, releaseAccount, takeAccount } from '../accounts/password-change-table.ts';
import type { StaticRoleChange } from '../contract.ts';
import {
  checkAllowed,
  currentTarget,
  type EngineSettings,
  engineNameSchema,
  engineOf,
  invalid,
  missingConnection,
  type StaticRoleRecord,
} from '../settings.ts';

/** As Vault has it: more often would be a denial of service at the target. */
const SHORTEST_PERIOD = 5;
const DEFAULT_PERIOD = 86_400;
const MAX_SECONDS = 9_223_372_036;

export interface StaticRoleOperationsDependencies extends PasswordChangeDependencies {
  readonly settings: EngineSettings;
}

const named = z.object({ name: engineNameSchema });
const path = ({ name }: { readonly name: string }, mount: MountPoint) => `${mount.path}static-roles/${name}`;
const event = { class: 'access-change', clear: ['name'] } as const;

/** Accounts that somebody else made, whose password we change: list, read, write, delete, rotate, and the password. */
export function staticRoleOperations(dependencies: StaticRoleOperationsDependencies): AnyOperation[] {
  const { settings } = dependencies;
  return [
    defineRead<'engine.static-roles.list'>({
      name: 'engine.static-roles.list',
      summary: 'List the names of static roles.',
      capability: 'list',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}static-roles/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = await settings.staticRoles.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'engine.static-roles.read'>({
      name: 'engine.static-roles.read',
      summary: 'Read a static role, without its password.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      async perform({ name }, { reader, mount }) {
        const role = await settings.staticRoles.find(reader, mount, name);
        if (role === undefined) return null;
        const { connection, username, rotationPeriod, owner, rotatedAt } = role;
        return { connection, username, rotationPeriod, owner, rotatedAt };
      },
    }),
    writing(dependencies),
    defineChange<'engine.static-roles.delete'>({
      name: 'engine.static-roles.delete',
      summary: 'Forget a static role. Its account stays as it is, with a password that nobody knows any more.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        await forgetAccount(tx, new StaticAccount(settings, mount.id, name).key);
        await settings.staticRoles.remove(tx, mount, name);
        return null;
      },
    }),
    defineStaged<'engine.static-roles.rotate'>({
      name: 'engine.static-roles.rotate',
      summary: 'Change the password of a static role now.',
      capability: 'update',
      input: named,
      path: ({ name }, mount) => `${mount.path}rotate-role/${name}`,
      event: { ...event, activity: 'update' },
      async prepare({ name }, { reader, mount }) {
        if ((await settings.staticRoles.find(reader, mount, name)) === undefined) throw missing(mount, name);
        const account = new StaticAccount(settings, mount.id, name);
        return new PasswordChange(dependencies, { account });
      },
    }),
    defineRead<'engine.static-roles.credential'>({
      name: 'engine.static-roles.credential',
      summary: 'Read the password of a static role, and how long it will work.',
      capability: 'read',
      input: named,
      path: ({ name }, mount) => `${mount.path}static-creds/${name}`,
      event: { class: 'retrieval', activity: 'read', clear: ['name'] },
      async perform({ name }, { reader, mount, now }) {
        const role = await settings.staticRoles.find(reader, mount, name);
        if (role === undefined) return null;
        const { username, password, pending, rotationPeriod, rotatedAt = 0 } = role;
        if (password === undefined || pending !== undefined) {
          throw new WatchwordError('engine.unreachable', 'the password is being changed; try again', { retryAfter: 1 });
        }
        const ttl = Math.max(0, Math.round((rotatedAt + rotationPeriod * 1000 - now) / 1000));
        // Whoever answers zeroes what it has told: the record's own must stay.
        return { username, password: Secret.copy(password.bytes), ttl, rotationPeriod, rotatedAt };
      },
    }),
  ];
}

/** A new role gets its first password at once: then nobody but us knows it. */
function writing(dependencies: StaticRoleOperationsDependencies) {
  const { settings } = dependencies;
  return defineStaged<'engine.static-roles.write'>({
    name: 'engine.static-roles.write',
    summary: 'Create a static role, and change its account’s password; or change how often that happens.',
    capability: async ({ name }, { reader, mount }) =>
      (await settings.staticRoles.find(reader, mount, name)) === undefined ? 'create' : 'update',
    input: named.extend({
      connection: engineNameSchema.optional(),
      username: z.string().min(1).max(limits.nameLength).optional(),
      rotationPeriod: z.number().max(MAX_SECONDS).transform(Math.trunc).optional(),
      owner: z.string().max(limits.nameLength).optional(),
    }),
    path,
    event: { ...event, activity: 'update', clear: ['name', 'connection', 'username', 'rotationPeriod', 'owner'] },
    async prepare(input, { reader, mount }) {
      const { name } = input;
      const before = await settings.staticRoles.find(reader, mount, name);
      const role = changed(input, before);
      const account = new StaticAccount(settings, mount.id, name);
      const keep = async ({ tx }: ChangeContext) => {
        if ((await settings.staticRoles.find(tx, mount, name)) !== before) throw new WatchwordError('store.raced');
        await checkAccount(settings, role, name, { tx, mount });
        await settings.staticRoles.put(tx, mount, name, role);
      };
      if (before === undefined) {
        const undo = async ({ tx }: Pick<ChangeContext, 'tx'>) => {
          await settings.staticRoles.remove(tx, mount, name);
          return true;
        };
        return new PasswordChange(dependencies, {
          account,
          before: keep,
          undo,
        });
      }
      return {
        async begin(context) {
          await keep(context);
          const { tx, now } = context;
          const row = await takeAccount(tx, { account: account.key, mountId: mount.id }, now);
          await releaseAccount(tx, row, { dueAt: (role.rotatedAt ?? now) + role.rotationPeriod * 1000, attempts: 0 });
        },
        reach: async () => undefined,
        conclude: async () => null,
      };
    },
  });
}

function changed(input: StaticRoleChange, before: StaticRoleRecord | undefined): StaticRoleRecord {
  const connection = input.connection ?? before?.connection;
  const username = input.username ?? before?.username;
  if (connection === undefined) throw invalid('db_name', 'must name a connection');
  if (username === undefined) throw invalid('username', 'must name the account');
  if (before !== undefined && username !== before.username) throw invalid('username', 'cannot be changed: make another role');
  if (before !== undefined && connection !== before.connection) throw invalid('db_name', 'cannot be changed: make another role');
  const rotationPeriod = input.rotationPeriod ?? before?.rotationPeriod ?? DEFAULT_PERIOD;
  if (rotationPeriod < SHORTEST_PERIOD) throw invalid('rotation_period', `must be at least ${SHORTEST_PERIOD} seconds`);
  return { ...before, connection, username, rotationPeriod, owner: input.owner ?? before?.owner ?? '' };
}

/** Two hands at one password would lock each other out. */
async function checkAccount(
  settings: EngineSettings,
  { connection: its, username }: StaticRoleRecord,
  name: string,
  { tx, mount }: Pick<ChangeContext, 'tx' | 'mount'>,
): Promise<void> {
  const connection = await settings.connections.find(tx, mount, its);
  const target = connection && (await settings.target(tx, currentTarget(mount, its, connection)));
  if (connection === undefined || target === undefined) throw missingConnection(mount, its);
  checkAllowed(connection, name);
  const account = engineOf(connection).connection.account;
  if (account === undefined) throw invalid('db_name', 'this engine changes no passwords');
  if ((target.settings as Record<string, unknown>)[account.username] === username) {
    throw invalid('username', 'is the account of the connection itself: use rotate-root');
  }
  for (const other of await settings.staticRoles.names(tx, mount)) {
    const role = other === name ? undefined : await settings.staticRoles.find(tx, mount, other);
    if (role?.connection === its && role.username === username) {
      throw invalid('username', `is the account of the static role ${other} already`);
    }
  }
}

function missing({ path }: MountPoint, name: string): WatchwordError {
  const message = `there is no static role ${name} at ${path}: \`watchword list ${path}static-roles\` lists those that there are`;
  return new WatchwordError('engine.missing', message, { where: 'name' });
}
