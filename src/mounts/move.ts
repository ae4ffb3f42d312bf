import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead } from '../access/operation.ts';
import { nameSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { newId } from '../foundation/ids.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Transaction } from '../storage/contract.ts';
import type { EngineLifecycle } from './engine.ts';
import { classOf, findMount, type MountName, mountPathSchema, refuseSystem, refuseTaken } from './mount-name.ts';
import { readMounts, updateMount } from './mount-table.ts';
import { type MountRegistry, systemMount } from './registry.ts';

/** Full paths: `secret/`, `auth/kubernetes/`; slashes around them may be missing. */
interface Move {
  readonly from: string;
  readonly to: string;
}

interface FinishedMove extends Move {
  readonly id: string;
  readonly status: 'success';
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    /** Vault: `POST sys/remount` `{from, to}` gives `{migration_id}`. */
    'mounts.move': { input: Move; output: { id: string } };
    /** Vault: `GET sys/remount/status/:id` gives `{migration_id, migration_info: {source_mount, target_mount, status}}`. */
    'mounts.move-status': { input: { id: string }; output: FinishedMove };
  }
}

const REMEMBERED = 1000;

interface MoveDependencies {
  readonly keyring: Keyring;
  readonly registry: MountRegistry;
  readonly engines: readonly EngineLifecycle[];
}

/**
 * Records are bound to the id of their mount, so only the mount's own row changes. The ids of leases begin with the path: they end,
 * in the same transaction.
 */
export function moveOperations({ keyring, registry, engines }: MoveDependencies): AnyOperation[] {
  // A move is over when it is answered: this is for clients that ask all the same, as long as the server runs.
  const finished = new Map<string, FinishedMove>();
  const remember = (move: FinishedMove) => {
    finished.set(move.id, move);
    const oldest = finished.size > REMEMBERED ? finished.keys().next().value : undefined;
    if (oldest !== undefined) finished.delete(oldest);
  };
  return [
    defineChange<'mounts.move'>({
      name: 'mounts.move',
      summary: 'Let a mount answer under another path; what it holds stays as it is, and leases that it gave end.',
      sudo: true,
      capability: 'update',
      input: z.object({ from: mountPathSchema, to: mountPathSchema }) as unknown as z.ZodType<Move>,
      path: () => 'sys/remount',
      event: { class: 'entity-change', activity: 'update', clear: ['from', 'to'] },
      async perform({ from, to }, { tx, note }) {
        const mount = await moveMount(tx, keyring, from, to);
        const engine = engines.find(({ class: its, kind }) => its === classOf(from) && kind === mount.kind);
        const ended = await engine?.move?.(tx, mount);
        if (ended !== undefined) note({ leases: ended.leases });
        await registry.renew(tx);
        const id = newId();
        tx.afterCommit(() => remember({ id, from, to, status: 'success' }));
        return { id };
      },
    }),
    defineRead<'mounts.move-status'>({
      name: 'mounts.move-status',
      summary: 'What became of moving a mount.',
      capability: 'read',
      input: z.object({ id: nameSchema }),
      path: ({ id }) => `sys/remount/status/${id}`,
      event: { class: 'entity-change', activity: 'read', clear: ['id'] },
      async perform({ id }) {
        const move = finished.get(id);
        if (move === undefined) throw new WatchwordError('store.missing', 'no move of this id is known', { where: 'id' });
        return move;
      },
    }),
  ];
}

/** Gives the mount as it was. */
async function moveMount(tx: Transaction, keyring: Keyring, from: string, to: string): Promise<MountPoint> {
  const cipher = keyring.cipher(systemMount);
  const mounts = await readMounts(tx, cipher);
  const mount = findMount(mounts, nameOf(from));
  refuseSystem(mount, 'moved');
  if (classOf(from) !== classOf(to)) {
    throw new WatchwordError('mount.invalid', 'an auth method stays below auth/, and an engine outside of it', { where: 'to' });
  }
  const others = mounts.filter(({ id }) => id !== mount.id);
  refuseTaken(from === to ? mounts : others, nameOf(to));
  await updateMount(tx, cipher, { ...mount, path: to });
  return mount;
}

function nameOf(path: string): MountName {
  const kind = classOf(path);
  return { class: kind, path: kind === 'auth' ? path.slice('auth/'.length) : path };
}
