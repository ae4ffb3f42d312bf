import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  defineChange,
  definePreparedChange,
  defineRead,
  type ReadContext,
} from '../../access/operation.ts';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { formatDuration } from '../../foundation/time.ts';
import type { RoleChange, RoleView } from '../contract.ts';
import { type CredentialEngine, TargetError } from '../engines/engine.ts';
import { HIGHEST_LIMIT } from '../issuing.ts';
import {
  type ConnectionRecord,
  currentTarget,
  type EngineSettings,
  engineNameSchema,
  engineOf,
  hasPlugins,
  invalid,
  type Lifetimes,
  missingConnection,
  onlyConnection,
  placeOf,
  type RoleRecord,
  readSettings,
} from '../settings.ts';
import type { Targets } from '../targets.ts';

const TRY_MS = 10_000;
/** Of these, for the rights of the configured account. */
const CHECK_MS = 5_000;
/** Longer than the longest job that anybody has shown us; a credential for longer is a standing one. */
const LONG_SECONDS = 7 * 86_400;
const MAX_SECONDS = 9_223_372_036;

export interface RoleOperationsDependencies {
  readonly settings: EngineSettings;
  readonly targets: Targets;
}

const named = z.object({ name: engineNameSchema });
const duration = z.number().min(0, 'must not be negative').max(MAX_SECONDS).transform(Math.trunc);
const most = z.int().min(0, 'must not be negative').max(HIGHEST_LIMIT);
const path = ({ name }: { readonly name: string }, mount: MountPoint) => `${mount.path}roles/${name}`;
const event = { class: 'access-change', clear: ['name'] } as const;

/** What is issued to whom may ask for it: list, read, write, delete. */
export function roleOperations(dependencies: RoleOperationsDependencies): AnyOperation[] {
  const { settings } = dependencies;
  return [
    defineRead<'engine.roles.list'>({
      name: 'engine.roles.list',
      summary: 'List the names of an engine’s roles.',
      capability: 'list',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}roles/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = await settings.roles.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'engine.roles.read'>({
      name: 'engine.roles.read',
      summary: 'Read a role.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      async perform({ name }, { reader, mount }): Promise<RoleView | null> {
        const role = await settings.roles.find(reader, mount, name);
        if (role === undefined) return null;
        const connection = await settings.connections.find(reader, mount, role.connection);
        return {
          ...role,
          several: hasPlugins(mount),
          engine: connection?.engine,
          revocation: connection && engineOf(connection).traits.revocation,
        };
      },
    }),
    definePreparedChange<'engine.roles.write'>({
      name: 'engine.roles.write',
      summary: 'Create or change a role; where the target can be asked, it is tried there first.',
      capability: async ({ name }, { reader, mount }) =>
        (await settings.roles.find(reader, mount, name)) === undefined ? 'create' : 'update',
      input: named.extend({
        connection: engineNameSchema.optional(),
        ttl: duration.optional(),
        maxTtl: duration.optional(),
        owner: z.string().max(limits.nameLength).optional(),
        maxLeases: most.optional(),
        maxLeasesPerWorkload: most.optional(),
        settings: z.record(z.string(), z.unknown()),
      }),
      path,
      event: {
        ...event,
        activity: 'update',
        clear: ['name', 'connection', 'ttl', 'maxTtl', 'owner', 'maxLeases', 'maxLeasesPerWorkload'],
      },
      async prepare(input, context) {
        const { before, role } = await draft(dependencies, input, context);
        return async ({ tx, mount }: ChangeContext) => {
          if ((await settings.roles.find(tx, mount, input.name)) !== before) throw new WatchwordError('store.raced');
          await settings.roles.put(tx, mount, input.name, role);
          return null;
        };
      },
    }),
    defineRead<'engine.lifetimes.read'>({
      name: 'engine.lifetimes.read',
      summary: 'Read how long credentials live by roles that say nothing themselves.',
      capability: 'read',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}config/lease`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      perform: async (_input, { reader, mount }) => (await settings.lifetimes(reader, mount)) ?? null,
    }),
    defineChange<'engine.lifetimes.write'>({
      name: 'engine.lifetimes.write',
      summary: 'Say how long credentials live by roles that say nothing themselves.',
      capability: 'update',
      input: z.object({ ttl: duration.optional(), maxTtl: duration.optional() }) as unknown as z.ZodType<Partial<Lifetimes>>,
      path: (_input, mount) => `${mount.path}config/lease`,
      event: { class: 'access-change', activity: 'update', clear: ['ttl', 'maxTtl'] },
      async perform({ ttl = 0, maxTtl = 0 }, { tx, mount }) {
        if (maxTtl > 0 && ttl > maxTtl) throw invalid('ttl', 'must not be longer than max_ttl');
        await settings.putLifetimes(tx, mount, { ttl, maxTtl });
        return null;
      },
    }),
    defineChange<'engine.roles.delete'>({
      name: 'engine.roles.delete',
      summary: 'Delete a role: nothing is issued by it any more. What it issued lives until it ends.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        await settings.roles.remove(tx, mount, name);
        return null;
      },
    }),
  ];
}

async function draft(dependencies: RoleOperationsDependencies, input: RoleChange, context: ReadContext) {
  const { settings } = dependencies;
  const { reader, mount, warn } = context;
  const before = await settings.roles.find(reader, mount, input.name);
  const name = input.connection ?? before?.connection ?? (hasPlugins(mount) ? undefined : onlyConnection(mount));
  if (name === undefined) throw invalid('db_name', 'must name a connection');
  const connection = await settings.connections.find(reader, mount, name);
  if (connection === undefined) throw missingConnection(mount, name);
  const engine = engineOf(connection);
  const sameEngine = before !== undefined && (await isOf(settings, context, before, connection));
  const made = readSettings(engine.role.fields, sameEngine ? before.settings : engine.role.initial, input.settings);
  for (const warning of engine.role.check(made)) warn(warning);
  const role: RoleRecord = {
    connection: name,
    ttl: input.ttl ?? before?.ttl ?? 0,
    maxTtl: input.maxTtl ?? before?.maxTtl ?? 0,
    owner: input.owner ?? before?.owner ?? '',
    maxLeases: input.maxLeases ?? before?.maxLeases ?? 0,
    maxLeasesPerWorkload: input.maxLeasesPerWorkload ?? before?.maxLeasesPerWorkload ?? 0,
    settings: made,
  };
  checkLifetime(role, engine, await settings.lifetimes(reader, mount), context);
  await tryAtTarget(dependencies, { name, connection, role }, context);
  return { before, role };
}

async function isOf(settings: EngineSettings, { reader, mount }: ReadContext, role: RoleRecord, connection: ConnectionRecord) {
  return (await settings.connections.find(reader, mount, role.connection))?.engine === connection.engine;
}

function checkLifetime(
  { ttl, maxTtl }: RoleRecord,
  { usualTtl = 0 }: CredentialEngine,
  lifetimes: Lifetimes | undefined,
  { warn, mount }: ReadContext,
): void {
  if (maxTtl > 0 && ttl > maxTtl) throw invalid('default_ttl', 'must not be longer than max_ttl');
  const usual = ttl || lifetimes?.ttl || mount.config.defaultTtl || usualTtl;
  if (usual === 0) warn('the role says no default_ttl: its credentials live for 32 days');
  else if (usual > LONG_SECONDS)
    warn(`credentials of this role live for ${formatDuration(usual)}: minutes or hours are enough for a job`);
}

/** A target that can't be asked, or whose account lacks a right, keeps nobody from writing a role: it is told. */
async function tryAtTarget(
  { targets }: RoleOperationsDependencies,
  { name, connection, role }: { name: string; connection: ConnectionRecord; role: RoleRecord },
  { reader, mount, warn }: ReadContext,
): Promise<void> {
  try {
    const id = currentTarget(mount, name, connection);
    const shortfalls = await targets.visit(reader, id, { timeoutMs: TRY_MS }, async (target, { signal }) => {
      await target.tryRole?.(role.settings, { signal });
      return await target.check([role.settings], { signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]) });
    });
    for (const { what, remedy } of shortfalls) {
      warn(`what this role needs is missing at its target: ${what}. What to do: ${remedy}`);
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    warn(
      `the role could not be tried at its target: ${error.message}. Later \`watchword engine test ${placeOf(mount, name)}\` says whether all is there that it needs`,
    );
  }
}
