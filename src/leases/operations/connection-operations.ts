import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  defineChange,
  definePreparedChange,
  defineRead,
  type ReadContext,
} from '../../access/operation.ts';
import { limits, nameSchema } from '../../foundation/bounds.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import type { Reader, Transaction } from '../../storage/contract.ts';
import type { ConnectionChange, ConnectionView, EngineTest } from '../contract.ts';
import { engineByPlugin, engineCatalogue } from '../engine-catalogue.ts';
import { type CredentialEngine, type EngineDependencies, type Sealable, TargetError } from '../engines/engine.ts';
import { targetIdOf } from '../lease.ts';
import {
  type ConnectionRecord,
  connectionPath,
  currentTarget,
  type EngineSettings,
  engineNameSchema,
  engineOf,
  hasPlugins,
  invalid,
  missingConnection,
  onlyConnection,
  readSettings,
} from '../settings.ts';
import { type Targets, tellCaller } from '../targets.ts';

const VERIFY_MS = 10_000;

export interface ConnectionOperationsDependencies {
  readonly settings: EngineSettings;
  readonly targets: Targets;
  readonly on: EngineDependencies;
}

const named = z.object({ name: engineNameSchema });
const path = ({ name }: { readonly name: string }, mount: MountPoint) => connectionPath(mount, name);
const event = { class: 'access-change', clear: ['name'] } as const;

/** Where an engine's credentials are made: list, read, write, delete, test. */
export function connectionOperations(dependencies: ConnectionOperationsDependencies): AnyOperation[] {
  const { settings, targets } = dependencies;
  const exists = async ({ name }: { readonly name: string }, { reader, mount }: ReadContext) =>
    (await settings.connections.find(reader, mount, name)) === undefined ? 'create' : 'update';
  return [
    defineRead<'engine.connections.list'>({
      name: 'engine.connections.list',
      summary: 'List the names of an engine’s connections.',
      capability: 'list',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}config/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = await settings.connections.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'engine.connections.read'>({
      name: 'engine.connections.read',
      summary: 'Read a connection, without its secrets.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      perform: ({ name }, { reader, mount }) => view(settings, reader, mount, name),
    }),
    definePreparedChange<'engine.connections.write'>({
      name: 'engine.connections.write',
      summary: 'Create or change a connection; the target is asked first whether it lets us in.',
      capability: exists,
      input: named.extend({
        plugin: nameSchema.optional(),
        allowedRoles: z.array(nameSchema).max(limits.listLength).optional(),
        verify: z.boolean().optional(),
        settings: z.record(z.string(), z.unknown()),
      }),
      path,
      event: { ...event, activity: 'update', clear: ['name', 'plugin', 'allowedRoles'] },
      async prepare(input, context) {
        const write = await draft(dependencies, input, context);
        if (input.verify !== false) await verify(dependencies, write, context);
        return (inside) => keep(settings, write, inside);
      },
    }),
    defineRead<'engine.connections.public-key'>({
      name: 'engine.connections.public-key',
      summary: 'Read the public key of a connection that is an authority itself; anybody may.',
      authentication: 'none',
      capability: 'read',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}${publicPart(mount)}`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const name = onlyConnection(mount);
        const connection = hasPlugins(mount) ? undefined : await settings.connections.find(reader, mount, name);
        const target = connection && (await settings.target(reader, currentTarget(mount, name, connection)));
        return connection && target ? publicKeyOf(engineOf(connection), target.settings) : null;
      },
    }),
    defineChange<'engine.connections.delete'>({
      name: 'engine.connections.delete',
      summary: 'Forget a connection: nothing is issued by it any more. What it issued is still taken back.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        const connection = await settings.connections.find(tx, mount, name);
        if (connection === undefined) return null;
        await settings.retireTarget(tx, currentTarget(mount, name, connection));
        await settings.connections.remove(tx, mount, name);
        return null;
      },
    }),
    defineChange<'engine.connections.reset'>({
      name: 'engine.connections.reset',
      summary: 'Close what is open to the target, and connect anew.',
      capability: 'update',
      input: named,
      path: ({ name }, mount) => `${mount.path}reset/${name}`,
      event: { ...event, activity: 'other' },
      async perform({ name }, { tx, mount }) {
        const target = currentTarget(mount, name, await found(settings, tx, mount, name));
        tx.afterCommit(() => void targets.forget(target));
        return null;
      },
    }),
    defineRead<'engine.connections.test'>({
      name: 'engine.connections.test',
      summary: 'Ask the target what the configured account may do, and say exactly what it lacks.',
      capability: 'read',
      input: named,
      path: ({ name }, mount) => `${mount.path}test/${name}`,
      event: { ...event, activity: 'read' },
      perform: ({ name }, context) => test(dependencies, name, context),
    }),
  ];
}

async function found(settings: EngineSettings, on: Reader | Transaction, mount: MountPoint, name: string) {
  const connection = await settings.connections.find(on, mount, name);
  if (connection === undefined) throw missingConnection(mount, name);
  return connection;
}

async function view(settings: EngineSettings, reader: Reader, mount: MountPoint, name: string): Promise<ConnectionView | null> {
  const connection = await settings.connections.find(reader, mount, name);
  const target = connection && (await settings.target(reader, currentTarget(mount, name, connection)));
  if (connection === undefined || target === undefined) return null;
  const engine = engineOf(connection);
  const { traits, connection: declared } = engine;
  const told = declared.clear.map((field) => [field, (target.settings as Record<string, unknown>)[field]]);
  return {
    engine: connection.engine,
    mount: engine.mount,
    plugin: connection.plugin,
    allowedRoles: connection.allowedRoles,
    settings: Object.fromEntries(told) as Sealable,
    revocation: traits.revocation,
  };
}

/** What an authority's servers are given is a certificate, or a key alone. */
const publicPart = ({ kind }: MountPoint): string =>
  engineCatalogue.get(kind)?.connection.public === 'certificate' ? 'certificate' : 'public_key';

/** What servers are set up with that shall believe an authority. */
function publicKeyOf({ connection }: CredentialEngine, settings: Sealable) {
  return connection.public === undefined ? null : { publicKey: String(settings[connection.public]) };
}

/** What is going to be kept, and what it was made from. */
interface Draft {
  readonly name: string;
  readonly before: ConnectionRecord | undefined;
  readonly now: ConnectionRecord;
  readonly settings: Sealable;
  readonly engine: CredentialEngine;
}

async function draft(
  { settings }: ConnectionOperationsDependencies,
  input: ConnectionChange,
  { reader, mount }: ReadContext,
): Promise<Draft> {
  const before = await settings.connections.find(reader, mount, input.name);
  const engine = engineFor(mount, input.plugin, before);
  const same = before !== undefined && before.engine === engine.kind ? before : undefined;
  const kept = same && (await settings.target(reader, currentTarget(mount, input.name, same)));
  if (kept?.pendingPassword !== undefined) {
    throw new WatchwordError('engine.unreachable', 'the password of the configured account is being changed; try again', {
      retryAfter: 2,
    });
  }
  const { fields, initial, address, check, complete, account } = engine.connection;
  const said = readSettings(fields, kept?.settings ?? initial, input.settings);
  if (account !== undefined) checkPassword(said[account.password]);
  const made = (await complete?.(said, kept?.settings)) ?? said;
  check(made);
  const moved = kept !== undefined && address.some((field) => !sameField(kept.settings, made, field));
  return {
    name: input.name,
    before,
    engine,
    settings: made,
    now: {
      engine: engine.kind,
      plugin: input.plugin ?? before?.plugin ?? engine.plugins?.[0] ?? engine.kind,
      allowedRoles: input.allowedRoles ?? before?.allowedRoles ?? (hasPlugins(mount) ? [] : ['*']),
      version: same === undefined || moved ? await nextVersion(settings, reader, mount, input.name) : same.version,
    },
  };
}

/** What an editor or a terminal ends a line with is sent as it is, and belongs to no password. */
function checkPassword(password: unknown): void {
  if (!(password instanceof Secret) || !/[\r\n]$/.test(password.text)) return;
  throw invalid('password', "ends with a line break, which is hardly a part of it: printf '%s' writes none");
}

/** None that a target has which only leases need any more: they would be sent elsewhere. */
async function nextVersion(settings: EngineSettings, reader: Reader, mount: MountPoint, name: string): Promise<number> {
  const prefix = targetIdOf({ mountId: mount.id, connection: name, version: 0 }).slice(0, -1);
  const ids = (await settings.targetIds(reader)).filter((id) => id.startsWith(prefix));
  return 1 + Math.max(0, ...ids.map((id) => Number(id.slice(prefix.length))));
}

const sameField = (a: Sealable, b: Sealable, field: string): boolean => JSON.stringify(a[field]) === JSON.stringify(b[field]);

function engineFor(mount: MountPoint, plugin: string | undefined, before: ConnectionRecord | undefined): CredentialEngine {
  if (!hasPlugins(mount)) {
    const only = engineCatalogue.get(mount.kind);
    if (only === undefined) throw invalid('type', 'there is no engine of this name');
    return only;
  }
  if (plugin === undefined && before === undefined) throw invalid('plugin_name', 'must say which kind of database it is');
  const engine = plugin === undefined || plugin === '' ? before && engineOf(before) : engineByPlugin(plugin);
  if (engine === undefined || engine.mount !== mount.kind) throw invalid('plugin_name', 'there is no engine of this name');
  return engine;
}

async function verify(
  { on }: ConnectionOperationsDependencies,
  { engine, settings }: Draft,
  { warn }: ReadContext,
): Promise<void> {
  const target = engine.open(settings, on);
  try {
    const shortfalls = await target.check([], { signal: AbortSignal.timeout(VERIFY_MS) });
    for (const { what, remedy } of shortfalls) warn(`the configured account lacks a right: ${what} (${remedy})`);
  } catch (error) {
    throw tellCaller(error);
  } finally {
    await target.close();
  }
}

async function keep(
  settings: EngineSettings,
  { name, before, now, settings: made, engine }: Draft,
  { tx, mount }: ChangeContext,
) {
  const isNew = before?.version !== now.version;
  const id = currentTarget(mount, name, now);
  const taken = isNew && (await settings.target(tx, id)) !== undefined;
  if (taken || (await settings.connections.find(tx, mount, name)) !== before) {
    throw invalid('name', 'was changed by another request meanwhile');
  }
  if (before !== undefined && isNew) await settings.retireTarget(tx, currentTarget(mount, name, before));
  await settings.putTarget(tx, id, { engine: engine.kind, settings: made });
  await settings.connections.put(tx, mount, name, now);
  return publicKeyOf(engine, made);
}

async function test(
  { settings, targets }: ConnectionOperationsDependencies,
  name: string,
  { reader, mount }: ReadContext,
): Promise<EngineTest> {
  const connection = await found(settings, reader, mount, name);
  const names = await settings.roles.names(reader, mount);
  const roles = await Promise.all(names.map((role) => settings.roles.find(reader, mount, role)));
  const its = roles.flatMap((role) => (role?.connection === name ? [role.settings] : []));
  try {
    const visit = { timeoutMs: VERIFY_MS, insist: true };
    const shortfalls = await targets.visit(reader, currentTarget(mount, name, connection), visit, (target, call) =>
      target.check(its, call),
    );
    return { reached: true, failure: undefined, shortfalls };
  } catch (error) {
    if (!(error instanceof TargetError) && !isWatchwordError(error, 'engine.invalid')) throw error;
    return { reached: false, failure: error.message, shortfalls: [] };
  }
}
