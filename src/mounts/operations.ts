import { z } from 'zod';
import { type AnyOperation, defineChange } from '../access/operation.ts';
import { limits, nameSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { newId } from '../foundation/ids.ts';
import type { MountConfig, MountPoint } from '../foundation/mount.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { EngineLifecycle } from './engine.ts';
import {
  classOf,
  findMount,
  type MountName,
  mountNameSchema,
  mountPath,
  policyPath,
  refuseSystem,
  refuseTaken,
  sudoForAuth,
} from './mount-name.ts';
import { deleteMount, insertMount, readMounts, updateMount } from './mount-table.ts';
import { moveOperations } from './move.ts';
import { type MountRegistry, systemMount } from './registry.ts';

interface EnableMount extends MountName {
  readonly kind: string;
  readonly description: string;
  readonly options: Record<string, string>;
  readonly config: Partial<MountConfig>;
}

interface TuneMount extends MountName {
  readonly description?: string | undefined;
  readonly options?: Record<string, string> | undefined;
  readonly config: Partial<MountConfig>;
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'mounts.enable': { input: EnableMount; output: null };
    'mounts.disable': { input: MountName; output: null };
    'mounts.tune': { input: TuneMount; output: null };
  }
}

export interface MountDependencies {
  readonly keyring: Keyring;
  readonly registry: MountRegistry;
  readonly engines: readonly EngineLifecycle[];
  readonly accessor: (kind: string) => string;
}

const ttl = z.int().min(0).max(9_223_372_036);
const config = z
  .object({
    defaultTtl: ttl,
    maxTtl: ttl,
    forceNoCache: z.boolean(),
    listingVisibility: z.enum(['', 'hidden', 'unauth']),
  })
  .partial();
const options = z.record(nameSchema, z.string().max(1024)).refine((map) => Object.keys(map).length <= limits.nameLength);
const event = (activity: 'create' | 'update' | 'delete') => ({ class: 'entity-change', activity }) as const;

export function mountChanges(dependencies: MountDependencies): AnyOperation[] {
  const { keyring, registry } = dependencies;
  const system = () => keyring.cipher(systemMount);
  return [
    ...moveOperations(dependencies),
    defineChange<'mounts.enable'>({
      name: 'mounts.enable',
      summary: 'Mount an engine or auth method at a path.',
      sudo: sudoForAuth,
      capability: 'update',
      input: mountNameSchema.extend({
        kind: nameSchema,
        description: z.string().max(1024),
        options,
        config,
      }) as unknown as z.ZodType<EnableMount>,
      path: policyPath,
      event: { ...event('create'), clear: ['class', 'path', 'kind'] },
      async perform(input, { tx }) {
        const mount = newMount(dependencies, input);
        refuseTaken(await readMounts(tx, system()), input);
        await keyring.createMountKey(tx, mount);
        await insertMount(tx, system(), mount);
        await registry.renew(tx);
        return null;
      },
    }),
    defineChange<'mounts.disable'>({
      name: 'mounts.disable',
      summary: 'Remove a mount and everything in it: its key is destroyed.',
      sudo: sudoForAuth,
      capability: 'delete',
      input: mountNameSchema as unknown as z.ZodType<MountName>,
      path: policyPath,
      event: { ...event('delete'), clear: ['class', 'path'] },
      async perform(input, { tx }) {
        const mounts = await readMounts(tx, system());
        // As it shall be.
        if (!mounts.some(({ path }) => path === mountPath(input))) return null;
        const mount = findMount(mounts, input);
        refuseSystem(mount, 'removed');
        await engineOf(dependencies, classOf(mount.path), mount.kind).purge(tx, mount);
        await keyring.destroyMountKey(tx, mount.id);
        await deleteMount(tx, system(), mount.id);
        await registry.renew(tx);
        return null;
      },
    }),
    defineChange<'mounts.tune'>({
      name: 'mounts.tune',
      summary: 'Change the description, lifetimes or options of a mount.',
      sudo: sudoForAuth,
      capability: 'update',
      input: mountNameSchema.extend({
        description: z.string().max(1024).optional(),
        options: options.optional(),
        config,
      }) as unknown as z.ZodType<TuneMount>,
      path: (input) => `${policyPath(input)}/tune`,
      event: { ...event('update'), clear: ['class', 'path'] },
      async perform(input, { tx }) {
        const mount = findMount(await readMounts(tx, system()), input);
        await updateMount(tx, system(), tuned(dependencies, mount, input));
        await registry.renew(tx);
        return null;
      },
    }),
  ];
}

function newMount(dependencies: MountDependencies, input: EnableMount): MountPoint {
  const path = mountPath(input);
  const engine = engineOf(dependencies, input.class, input.kind);
  const implied = engine.aliases[input.kind] ?? {};
  return {
    id: newId(),
    namespace: 'root',
    path,
    kind: engine.kind,
    accessor: dependencies.accessor(engine.kind),
    description: input.description,
    options: engine.options({ ...implied, ...input.options }),
    config: withLifetimes({ defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' }, input.config),
  };
}

function tuned(dependencies: MountDependencies, mount: MountPoint, input: TuneMount): MountPoint {
  const options = { ...mount.options, ...input.options };
  const known = dependencies.engines.find((engine) => engine.class === classOf(mount.path) && engine.kind === mount.kind);
  return {
    ...mount,
    description: input.description ?? mount.description,
    options: known === undefined ? mount.options : known.options(options, mount.options),
    config: withLifetimes(mount.config, input.config),
  };
}

function withLifetimes(before: MountConfig, change: Partial<MountConfig>): MountConfig {
  const config = { ...before, ...change };
  if (config.maxTtl !== 0 && config.defaultTtl > config.maxTtl) {
    throw new WatchwordError('mount.invalid', 'default_lease_ttl must not be longer than max_lease_ttl', {
      where: 'default_lease_ttl',
    });
  }
  return config;
}

/** There are an engine and an auth method called `aws`. */
function engineOf({ engines }: MountDependencies, mountClass: MountName['class'], kind: string): EngineLifecycle {
  const fits = (engine: EngineLifecycle) => engine.kind === kind || Object.hasOwn(engine.aliases, kind);
  const ofClass = engines.filter((engine) => engine.class === mountClass);
  return ofClass.find(fits) ?? unknownKind(mountClass, ofClass);
}

function unknownKind(mountClass: MountName['class'], engines: readonly EngineLifecycle[]): never {
  const kinds = engines.map(({ kind }) => kind).sort();
  const noun = mountClass === 'auth' ? 'auth method' : 'engine';
  throw new WatchwordError('mount.invalid', `type: there is no ${noun} of this type; there are ${kinds.join(', ')}`, {
    where: 'type',
  });
}
