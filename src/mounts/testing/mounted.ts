import { DatabaseSync } from 'node:sqlite';
import { generationReader } from '../../access/generation-table.ts';
import type { Call } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import { testMount } from '../../access/testing/test-caller.ts';
import { openTestDoor, type TestDoor } from '../../access/testing/test-door.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { EngineLifecycle } from '../engine.ts';
import { createInitialMounts } from '../initial.ts';
import { mountMigration } from '../mount-table.ts';
import { mountChanges } from '../operations.ts';
import { MountRegistry } from '../registry.ts';
import { mountViews } from '../views.ts';

export interface Mounted extends AsyncDisposable {
  readonly world: TestDoor;
  readonly registry: MountRegistry;
  /** Ids of the mounts whose content was deleted. */
  readonly purged: string[];
  /** Paths that mounts were moved away from. */
  readonly moved: string[];
  /** By default as `root`. */
  perform<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    call?: Partial<Call> & { as?: string },
  ): Promise<{ readonly output: OutputOf<Name>; readonly warnings: readonly string[] }>;
  enable(path: string, more?: Partial<InputOf<'mounts.enable'>>): Promise<void>;
  /** A connection of the attacker's own. */
  attack(sql: string, ...parameters: (string | number | Uint8Array | null)[]): Record<string, unknown>[];
  /** Forgets what is in memory, as a new process or another node does. */
  readAnew(): Promise<void>;
}

function testEngine(purged: string[], moved: string[]): EngineLifecycle {
  return {
    kind: 'kv',
    class: 'engine',
    aliases: { 'kv-v2': { version: '2' } },
    options(given) {
      const version = given['version'] ?? '1';
      if (version !== '1' && version !== '2') throw new WatchwordError('mount.invalid', 'no such version');
      return { ...given, version };
    },
    async purge(_tx, { id }) {
      purged.push(id);
    },
    async move(_tx, { path }) {
      moved.push(path);
      return { leases: 3 };
    },
  };
}

/** The mounts of a new store behind a door, with a KV engine that holds nothing. */
export async function openMounted(): Promise<Mounted> {
  const purged: string[] = [];
  const moved: string[] = [];
  const made: { registry?: MountRegistry } = {};
  let accessors = 0;
  const accessor = (kind: string) => {
    accessors += 1;
    return `${kind}_${accessors}`;
  };
  const registryOf = (keyring: TestDoor['keyring']) => {
    made.registry ??= new MountRegistry(keyring);
    return made.registry;
  };
  const world = await openTestDoor(
    ({ keyring, authorizer }) => {
      const registry = registryOf(keyring);
      return [
        ...mountChanges({ keyring, registry, engines: [testEngine(purged, moved)], accessor }),
        ...mountViews(registry, authorizer),
      ];
    },
    {
      migrations: [mountMigration],
      locator: registryOf,
      populate: (tx, keyring) => createInitialMounts(tx, keyring, 'first', accessor),
    },
  );
  const registry = registryOf(world.keyring);
  const readAnew = async () => {
    registry.clear();
    await registry.reload(world.storage.reader, (await generationReader(world.storage)(world.storage.reader)).mounts);
  };
  await readAnew();
  const attacker = new DatabaseSync(world.path);
  const perform: Mounted['perform'] = async (name, input, call) => {
    const { output, warnings } = await world.perform(name, input, {
      mount: registry.locate('root', 'sys/') ?? testMount('sys/'),
      ...call,
    });
    return { output: output as never, warnings };
  };
  return {
    world,
    registry,
    purged,
    moved,
    perform,
    readAnew,
    attack: (sql, ...parameters) => attacker.prepare(sql).all(...parameters),
    async enable(path, more = {}) {
      await perform('mounts.enable', { class: 'engine', path, kind: 'kv', description: '', options: {}, config: {}, ...more });
    },
    async [Symbol.asyncDispose]() {
      attacker.close();
      await world[Symbol.asyncDispose]();
    },
  };
}
