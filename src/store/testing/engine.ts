import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnyOperation, ReadContext, Session } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import type { Digester, Facts } from '../../audit/contract.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { keyringMigration } from '../../keyring/key-table.ts';
import { openTestKeyring } from '../../keyring/testing/test-keyring.ts';
import type { Capability } from '../../policy/capability.ts';
import type { Storage } from '../../storage/contract.ts';
import { openTemporaryStorage } from '../../storage/testing/temporary-storage.ts';
import { Cubbyhole, kvOperations, storeMigrations } from '../index.ts';

/** A digest that can be recomputed in an assertion. */
export const testDigest = (value: unknown) =>
  `hmac-sha256:test:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;

const digester: Digester = {
  value: (value) => testDigest(String(value)),
  leaves: (value) =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap((v) => digester.leaves(v)) : [testDigest(value)],
};

export function testMount(id: string, options: Record<string, string> = { version: '2' }): MountPoint {
  const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
  return { id, namespace: 'root', path: `${id}/`, kind: 'kv', accessor: `kv_${id}`, description: '', options, config };
}

export function testSession(accessor: string, root = false): Session {
  const principal = {
    method: 'token',
    id: accessor,
    displayName: 'test',
    namespace: 'root',
    session: accessor,
    policies: [],
    attributes: {},
  };
  return { principal, root, usesLeft: 0, expiresAt: undefined };
}

export interface Performed<Output> {
  readonly output: Output;
  readonly facts: Facts;
  readonly responseDigests: readonly string[] | undefined;
  readonly warnings: readonly string[];
  readonly capability: Capability;
}

export interface Circumstances {
  readonly mount?: MountPoint;
  readonly now?: number;
  readonly session?: Session;
  /** Instead of what the operation itself asks for. */
  readonly capability?: Capability;
}

export interface TestEngine extends AsyncDisposable {
  readonly storage: Storage;
  readonly cubbyhole: Cubbyhole;
  readonly directory: string;
  /** A connection of the attacker's own. */
  attack(sql: string, ...parameters: (string | number | Uint8Array | null)[]): Record<string, unknown>[];
  /** As the door does it: schema, capability, perform. */
  perform<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    circumstances?: Circumstances,
  ): Promise<Performed<OutputOf<Name>>>;
  operation(name: OperationName): AnyOperation;
}

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export async function openTestEngine(): Promise<TestEngine> {
  const temporary = await openTemporaryStorage([keyringMigration, ...storeMigrations]);
  const { storage, directory, path } = temporary;
  const keyring = await openTestKeyring(storage, ['secret', 'other', 'cubbyhole']);
  const cubbyhole = new Cubbyhole({ storage, keyring });
  const operations = new Map(
    [...kvOperations({ storage, keyring }), ...cubbyhole.operations()].map((one) => [one.name as string, one]),
  );
  const attacker = new DatabaseSync(path);

  const operation = (name: OperationName): AnyOperation => {
    const found = operations.get(name);
    if (found === undefined) throw new Error(`no operation ${name}`);
    return found;
  };
  return {
    storage,
    cubbyhole,
    directory,
    operation,
    attack: (sql, ...parameters) => attacker.prepare(sql).all(...parameters),
    async perform(
      name,
      input,
      { mount = testMount('secret'), now = NOW, session = testSession('accessor', true), ...forced } = {},
    ) {
      // Every request arrives in a turn of its own.
      await nextTurn();
      const definition = operation(name);
      const parsed = definition.input.safeParse(input);
      if (!parsed.success) throw new WatchwordError('request.invalid', parsed.error.issues[0]?.message);
      let facts: Facts = {};
      let responseDigests: readonly string[] | undefined;
      const warnings: string[] = [];
      const context: ReadContext = {
        call: {
          id: 'call',
          token: Secret.fromText('x'),
          namespace: 'root',
          remote: { address: '::1', port: 1 },
          mount,
          parameters: {},
          wrapTtl: undefined,
        },
        mount,
        session,
        reader: storage.reader,
        now,
        digester,
        note: (more) => {
          facts = { ...facts, ...more };
        },
        noteResponseDigests: (digests) => {
          responseDigests = digests;
        },
        identify: () => {},
        warn: (message) => warnings.push(message),
      };
      const { capability: wanted } = definition;
      const capability = forced.capability ?? (typeof wanted === 'function' ? await wanted(parsed.data, context) : wanted);
      if (definition.effect === 'action' || definition.effect === 'staged') throw new Error('not an operation of the store');
      const output =
        definition.effect === 'read'
          ? await definition.perform(parsed.data, context)
          : await storage.write((tx) => definition.perform(parsed.data, { ...context, tx, capability }));
      return { output: output as OutputOf<typeof name>, facts, responseDigests, warnings, capability };
    },
    async [Symbol.asyncDispose]() {
      attacker.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}
