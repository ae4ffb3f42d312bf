import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead, type Session } from '../access/operation.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { JsonObject } from '../foundation/exact-json.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Transaction } from '../storage/contract.ts';
import { Entries, type MountKey, type StoreDependencies } from './entries.ts';
import {
  type At,
  createOrUpdate,
  dataObject,
  existingPath,
  type ListInput,
  listInput,
  refuseRace,
  writtenPath,
} from './inputs.ts';
import { dropRange } from './kv-table.ts';
import { listFolder } from './listing.ts';
import { type Keys, keysOf } from './listing-operations.ts';
import { encodeRecord } from './record.ts';
import { putRecord, readValue, removeValue, writeValue } from './single-value.ts';

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'cubbyhole.read': { input: At; output: { data: Secret } | null };
    'cubbyhole.write': { input: At & { data: JsonObject }; output: null };
    'cubbyhole.delete': { input: At; output: null };
    'cubbyhole.list': { input: ListInput; output: Keys };
  }
}

/** The mount of every cubbyhole, made at initialisation. */
const cubbyholeMount: MountKey = { id: 'cubbyhole', namespace: 'root' };

/**
 * What belongs to one session and goes with it. `own/` is what the session itself may name; a wrapped answer lies beside
 * it, where only unwrapping reaches.
 */
const folderOf = (accessor: string) => `${accessor}/own/`;
const wrappedAt = (accessor: string) => `${accessor}/wrapped`;
const policyPath = ({ path }: At, mount: MountPoint) => `${mount.path}${path}`;

function ownFolder(session: Session | undefined): string {
  const accessor = session?.principal.session ?? '';
  if (accessor === '' || accessor.includes('/')) throw new WatchwordError('access.denied', 'only a session has a cubbyhole');
  return folderOf(accessor);
}

/** Storage of each session's own, and answers kept for one reader. */
export class Cubbyhole {
  readonly #entries: Entries;

  constructor(dependencies: StoreDependencies) {
    this.#entries = new Entries(dependencies);
  }

  /** Removes everything of a session that ends, in the transaction that ends it. Does nothing when there is nothing. */
  async purgeSession(tx: Transaction, accessor: string): Promise<void> {
    await dropRange(tx, cubbyholeMount.id, `${accessor}/`, `${accessor}0`);
  }

  /** Keeps an answer for the wrapping session. The bytes are copied, sealed. */
  async putWrapped(tx: Transaction, accessor: string, bytes: Uint8Array, now: number): Promise<void> {
    const record = encodeRecord([], bytes);
    try {
      await putRecord(this.#entries, tx, { mount: cubbyholeMount, path: wrappedAt(accessor), now, record });
    } finally {
      record.fill(0);
    }
  }

  /** Gives the wrapped answer and removes it, so that exactly one caller gets it; undefined for everybody else. */
  async takeWrapped(tx: Transaction, accessor: string, now: number): Promise<Secret | undefined> {
    const found = await readValue(this.#entries, tx, cubbyholeMount, wrappedAt(accessor), now);
    if (found !== undefined) await removeValue(this.#entries, tx, cubbyholeMount, wrappedAt(accessor));
    return found?.value;
  }

  operations(): AnyOperation[] {
    const entries = this.#entries;
    return [
      defineRead<'cubbyhole.read'>({
        name: 'cubbyhole.read',
        summary: "Read from the caller's own cubbyhole.",
        capability: 'read',
        input: z.object({ path: existingPath }),
        path: policyPath,
        event: { class: 'retrieval', activity: 'read', clear: ['path'] },
        async perform({ path }, { reader, session, now, noteResponseDigests }) {
          const found = await readValue(entries, reader, cubbyholeMount, ownFolder(session) + path, now);
          if (found === undefined) return null;
          noteResponseDigests(found.digests);
          return { data: found.value };
        },
      }),
      defineRead<'cubbyhole.list'>({
        name: 'cubbyhole.list',
        summary: "List names in the caller's own cubbyhole.",
        capability: 'list',
        input: listInput,
        path: policyPath,
        event: { class: 'entity-change', activity: 'read', clear: ['path', 'after', 'limit'] },
        async perform({ path, ...page }, { reader, session }) {
          return keysOf(await listFolder(entries, reader, cubbyholeMount, { folder: ownFolder(session) + path, ...page }));
        },
      }),
      ...this.#changes(),
    ];
  }

  #changes(): AnyOperation[] {
    const entries = this.#entries;
    return [
      defineChange<'cubbyhole.write'>({
        name: 'cubbyhole.write',
        summary: "Write to the caller's own cubbyhole.",
        capability: ({ path }, { reader, session }) =>
          createOrUpdate(entries.exists(reader, cubbyholeMount, ownFolder(session) + path)),
        input: z.object({
          path: writtenPath,
          data: dataObject.refine((data) => Object.keys(data).length > 0, 'missing data fields'),
        }),
        path: policyPath,
        event: { class: 'entity-change', activity: 'update', clear: ['path'] },
        async perform({ path, data }, context) {
          const own = ownFolder(context.session) + path;
          refuseRace(context, await entries.exists(context.tx, cubbyholeMount, own));
          await writeValue(entries, context, { mount: cubbyholeMount, path: own, data });
          return null;
        },
      }),
      defineChange<'cubbyhole.delete'>({
        name: 'cubbyhole.delete',
        summary: "Remove from the caller's own cubbyhole.",
        capability: 'delete',
        input: z.object({ path: existingPath }),
        path: policyPath,
        event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
        async perform({ path }, { tx, session }) {
          await removeValue(entries, tx, cubbyholeMount, ownFolder(session) + path);
          return null;
        },
      }),
    ];
  }
}
