import { z } from 'zod';
import { nameSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Secret } from '../foundation/secret.ts';
import { GuardedRecords, type MountRecordStore, type RecordMount } from '../keyring/mount-records.ts';
import type { Executor, Transaction } from '../storage/contract.ts';
import { engineCatalogue } from './engine-catalogue.ts';
import type { CredentialEngine, Sealable } from './engines/engine.ts';
import { targetIdOf } from './lease.ts';
import { LEDGER } from './ledger.ts';

/** A connection as it is kept with its mount. How to reach the target stands apart, by version. */
export interface ConnectionRecord {
  readonly engine: string;
  /** Vault's name for the engine, as it was written. */
  readonly plugin: string;
  /** Roles that may use it; `*` for all. */
  readonly allowedRoles: readonly string[];
  /** Goes up when the address changes: older leases still go to where they were issued. */
  readonly version: number;
}

/** How to reach one target. Kept while a connection or a lease needs it, whatever becomes of the mount. */
export interface TargetRecord {
  readonly engine: string;
  readonly settings: Sealable;
  /** No connection leads here any more. */
  readonly retired?: boolean;
  /** The next password of the configured account, until it is known that the target has taken it. */
  readonly pendingPassword?: Secret;
}

/** Durations are seconds; 0 = the mount's. */
export interface RoleRecord {
  readonly connection: string;
  readonly ttl: number;
  readonly maxTtl: number;
  /** Who answers for the role: a team, an address. */
  readonly owner: string;
  /** Leases that may be alive at once; 0 = any number. */
  readonly maxLeases: number;
  readonly maxLeasesPerWorkload: number;
  readonly settings: Sealable;
}

/** What the roles of a mount give that say nothing themselves. Seconds; 0 = the mount's. */
export interface Lifetimes {
  readonly ttl: number;
  readonly maxTtl: number;
}

/** An account that exists, whose password is ours to change. */
export interface StaticRoleRecord {
  readonly connection: string;
  readonly username: string;
  /** Seconds between two rotations. */
  readonly rotationPeriod: number;
  readonly owner: string;
  /** The one that works; undefined until the first change is done. */
  readonly password?: Secret | undefined;
  /** The next one, until it is known that the target has taken it. */
  readonly pending?: Secret | undefined;
  /** Milliseconds since the epoch. */
  readonly rotatedAt?: number | undefined;
}

/** Names of connections and roles: they stand in lease ids and in the names of targets. */
export const engineNameSchema = nameSchema.regex(/^\w(?:[\w.-]*\w)?$/, 'may hold letters, digits, ".", "-" and "_"');

const LIFETIMES = 'lifetimes';

/** What is set up below the mounts of engines. */
export class EngineSettings {
  readonly connections: GuardedRecords<ConnectionRecord>;
  readonly roles: GuardedRecords<RoleRecord>;
  readonly staticRoles: GuardedRecords<StaticRoleRecord>;
  readonly #lifetimes: GuardedRecords<Lifetimes>;
  readonly #targets: GuardedRecords<TargetRecord>;

  constructor(store: MountRecordStore) {
    this.connections = new GuardedRecords(store, 'connection');
    this.roles = new GuardedRecords(store, 'role');
    this.staticRoles = new GuardedRecords(store, 'static-role');
    this.#lifetimes = new GuardedRecords(store, 'lifetimes');
    this.#targets = new GuardedRecords(store, 'target');
  }

  lifetimes(on: Executor, mount: RecordMount): Promise<Lifetimes | undefined> {
    return this.#lifetimes.find(on, mount, LIFETIMES);
  }

  putLifetimes(tx: Transaction, mount: RecordMount, lifetimes: Lifetimes): Promise<void> {
    return this.#lifetimes.put(tx, mount, LIFETIMES, lifetimes);
  }

  /** The same object for as long as nothing was changed. */
  target(on: Executor, targetId: string): Promise<TargetRecord | undefined> {
    return this.#targets.find(on, LEDGER, targetId);
  }

  targetIds(on: Executor): Promise<string[]> {
    return this.#targets.names(on, LEDGER);
  }

  putTarget(tx: Transaction, targetId: string, target: TargetRecord): Promise<void> {
    return this.#targets.put(tx, LEDGER, targetId, target);
  }

  /** Only leases need it from now on. */
  async retireTarget(tx: Transaction, targetId: string): Promise<void> {
    const target = await this.target(tx, targetId);
    if (target !== undefined) await this.#targets.put(tx, LEDGER, targetId, { ...target, retired: true });
  }

  removeTarget(tx: Transaction, targetId: string): Promise<void> {
    return this.#targets.remove(tx, LEDGER, targetId);
  }
}

/** The target that a connection leads to now. */
export const currentTarget = (mount: { readonly id: string }, connection: string, { version }: ConnectionRecord): string =>
  targetIdOf({ mountId: mount.id, connection, version });

/** The engine of a connection. @throws WatchwordError `engine.invalid` for one that this version does not have */
export function engineOf({ engine }: { readonly engine: string }): CredentialEngine {
  const found = engineCatalogue.get(engine);
  if (found === undefined) throw invalid('plugin_name', 'there is no engine of this name');
  return found;
}

export function invalid(where: string, what: string): WatchwordError {
  return new WatchwordError('engine.invalid', `${where}: ${what}`, { where });
}

/** Reads what was said of an engine's fields over what was there. @throws WatchwordError `engine.invalid` */
export function readSettings<Settings extends object>(
  fields: z.ZodRawShape,
  before: Settings,
  given: Readonly<Record<string, unknown>>,
): Settings {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = z.strictObject(fields).safeParse({ ...before, ...known });
  if (parsed.success) return parsed.data as Settings;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') throw invalid(wireName(issue.keys[0] ?? ''), 'this engine has no such field');
  throw invalid(wireName(String(issue?.path[0] ?? '')), issue?.message ?? 'is not valid');
}

/** As callers know the field. */
const wireName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether a mount of this kind holds several connections of several engines. */
export const hasPlugins = ({ kind }: Pick<MountPoint, 'kind'>): boolean => kind === 'database';

/** Where a kind of mount has one connection only, that is its name. */
export const onlyConnection = ({ kind }: Pick<MountPoint, 'kind'>): string =>
  engineCatalogue.get(kind)?.connectionName ?? 'connection';

/** Where a connection is written and read. Where Vault's engine has one without a name, its path has none either. */
export const connectionPath = (mount: MountPoint, name: string): string =>
  hasPlugins(mount) || name !== 'config' ? `${mount.path}config/${name}` : `${mount.path}config`;

export function missingConnection(mount: MountPoint, name: string): WatchwordError {
  const message = hasPlugins(mount)
    ? `there is no connection ${name} at ${mount.path}: \`watchword list ${mount.path}config\` lists those that there are`
    : `nothing is connected at ${mount.path} yet: \`watchword write ${connectionPath(mount, name)}\` says where its target is`;
  return new WatchwordError('engine.missing', message, { where: 'name' });
}

/** A connection as people name it: `database/features`; the mount alone where that has only one. */
export const placeOf = (mount: MountPoint, connection: string): string =>
  hasPlugins(mount) ? mount.path + connection : mount.path.replace(/\/$/, '');

/** @throws WatchwordError `access.denied` */
export function checkAllowed({ allowedRoles }: ConnectionRecord, role: string): void {
  const allowed = allowedRoles.some((pattern) => matches(pattern, role));
  if (!allowed)
    throw new WatchwordError('access.denied', 'the connection does not allow this role: its allowed_roles leave it out');
}

/** `*` stands for any characters, also none. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
