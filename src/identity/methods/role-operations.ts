import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  defineChange,
  definePreparedChange,
  defineRead,
  type ReadContext,
} from '../../access/operation.ts';
import type { OperationName } from '../../access/operation-types.ts';
import { nameSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { GuardedRecords } from '../../keyring/mount-records.ts';
import { warnOfEmptyBounds, withMountLifetimes } from '../logins/role-lint.ts';
import { checkTokenParameters, type TokenParameters, withoutIncarnation } from '../logins/token-parameters.ts';

type Changed<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };
interface Named {
  readonly name: string;
}

/** The operations on a method's roles (users, certificates): `interface OperationTypes extends RoleOperationTypes<'jwt.roles', JwtRole> {}`. */
export type RoleOperationTypes<Prefix extends string, Role> = {
  [Name in `${Prefix}.list`]: { input: Record<string, never>; output: { readonly keys: readonly string[] } | null };
} & {
  [Name in `${Prefix}.read`]: { input: Named; output: Role | null };
} & {
  [Name in `${Prefix}.write`]: { input: Named & Changed<Role>; output: null };
} & {
  [Name in `${Prefix}.delete`]: { input: Named; output: null };
};

export interface RoleOperationsOptions<Role extends TokenParameters> {
  /** `kubernetes.roles` */
  readonly prefix: string;
  /** What one of them is called in a sentence: `role`. */
  readonly noun: string;
  /** Below the mount: `role` for `auth/kubernetes/role/:name`. */
  readonly path: string;
  readonly records: GuardedRecords<Role>;
  /** Every field of a role. */
  readonly fields: z.ZodRawShape;
  /** A role of which only the name was said. */
  readonly initial: Role;
  /** Names in another form: lower case, say. */
  readonly nameOf?: (name: string) => string;
  /** Fields that stand in the log in clear. */
  readonly clear: readonly (keyof Role & string)[];
  /** What a reader is told of a role; by default all of it. */
  tell?(role: Role): TokenParameters;
  /** Fields that are written and not kept as they are: passwords. */
  readonly written?: z.ZodRawShape;
  /** Before the transaction: makes fields that are kept of those that are {@link written}. */
  prepare?(given: Readonly<Record<string, unknown>>, context: ReadContext): Promise<Changed<Role>>;
  /** Fills in what nobody said. */
  complete?(role: Role, context: ChangeContext): Role;
  /**
   * Given with the lifetimes that its mount adds. `warn` for what works and should not be.
   * @throws WatchwordError `login.invalid`
   */
  check(role: Role, context: ChangeContext): void | Promise<void>;
  /** Where the identity store may know callers by the name of a role: with the role goes the alias. */
  readonly forget?: (aliasName: string, context: ChangeContext) => Promise<void>;
  /** After a role was written or removed; `before` is undefined for a new one. */
  changed?(name: string, roles: { before: Role | undefined; now: Role | undefined }, context: ChangeContext): Promise<void>;
}

/** List, read, write and delete. A write changes the named fields only; a new role begins as `initial`. */
export function roleOperations<Role extends TokenParameters>(options: RoleOperationsOptions<Role>): AnyOperation[] {
  const { prefix, noun, records, nameOf = (name: string) => name } = options;
  const path = ({ name }: Named, mount: MountPoint) => `${mount.path}${options.path}/${name}`;
  const named = z.object({ name: nameSchema.transform(nameOf) });
  const event = { class: 'access-change', clear: ['name'] } as const;
  const optional = Object.fromEntries(
    Object.entries({ ...options.fields, ...options.written }).map(([name, schema]) => [name, (schema as z.ZodType).optional()]),
  );
  const operations = [
    defineRead({
      name: `${prefix}.list` as OperationName,
      summary: `List the names of all ${noun}s.`,
      capability: 'list',
      input: z.object({}) as never,
      path: (_input, mount) => `${mount.path}${options.path}/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      perform: (async (_input: unknown, { reader, mount }: ReadContext) => {
        const keys = await records.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      }) as never,
    }),
    defineRead({
      name: `${prefix}.read` as OperationName,
      summary: `Read one ${noun}.`,
      capability: 'read',
      input: named as never,
      path: path as never,
      event: { ...event, activity: 'read' } as never,
      perform: (async ({ name }: Named, { reader, mount }: ReadContext) => {
        const role = await records.find(reader, mount, name);
        return role === undefined ? null : withoutIncarnation(options.tell?.(role) ?? role);
      }) as never,
    }),
    definePreparedChange({
      name: `${prefix}.write` as OperationName,
      summary: `Create or change a ${noun}.`,
      capability: (async ({ name }: Named, { reader, mount }: ReadContext) =>
        (await records.find(reader, mount, name)) === undefined ? 'create' : 'update') as never,
      input: named.extend(optional) as never,
      path: path as never,
      event: { ...event, activity: 'update', clear: ['name', ...options.clear] } as never,
      prepare: (async ({ name, ...given }: Named & Changed<Role>, context: ReadContext) => {
        const changes = (await options.prepare?.(given, context)) ?? given;
        return (inside: ChangeContext) => write(options, { ...(changes as Changed<Role>), name }, inside);
      }) as never,
    }),
    defineChange({
      name: `${prefix}.delete` as OperationName,
      summary: `Delete a ${noun}: nobody can log in with it, and its tokens cannot be renewed.`,
      capability: 'delete',
      input: named as never,
      path: path as never,
      event: { ...event, activity: 'delete' } as never,
      perform: (async ({ name }: Named, context: ChangeContext) => {
        const before = await records.find(context.tx, context.mount, name);
        await records.remove(context.tx, context.mount, name);
        await options.changed?.(name, { before, now: undefined }, context);
        if (before !== undefined) await options.forget?.(name, context);
        return null;
      }) as never,
    }),
  ];
  return operations as unknown as AnyOperation[];
}

async function write<Role extends TokenParameters>(
  { records, initial, complete, check, changed }: RoleOperationsOptions<Role>,
  { name, ...given }: Named & Changed<Role>,
  context: ChangeContext,
): Promise<null> {
  const { tx, mount, capability, session } = context;
  const before = await records.find(tx, mount, name);
  if ((capability === 'create') !== (before === undefined) && session?.root !== true) throw new WatchwordError('store.raced');
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const merged: Role = { ...(before ?? { ...initial, incarnation: newId() }), ...changes };
  const role = complete?.(merged, context) ?? merged;
  checkTokenParameters(role);
  if (role.policies.length === 0) context.warn('the role has no policies: its tokens can do nothing but look at themselves');
  warnOfEmptyBounds(changes, context);
  await check(withMountLifetimes(role, mount.config), context);
  await records.put(tx, mount, name, role);
  await changed?.(name, { before, now: role }, context);
  return null;
}
