import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead } from '../../access/operation.ts';
import type { RevocationHold } from '../revocation-hold.ts';

/** Whether anything is taken back. */
export function holdOperations(hold: RevocationHold, wake: () => void): AnyOperation[] {
  return [
    defineRead<'leases.hold.read'>({
      name: 'leases.hold.read',
      summary: 'Whether nothing is taken back now, and why.',
      capability: 'read',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}leases/hold`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      perform: async (_input, { reader }) => (await hold.find(reader)) ?? null,
    }),
    defineChange<'leases.hold.begin'>({
      name: 'leases.hold.begin',
      summary: 'Take nothing back until told to go on.',
      capability: 'update',
      sudo: true,
      input: z.object({}),
      path: (_input, mount) => `${mount.path}leases/hold`,
      event: { class: 'access-change', activity: 'other', clear: [] },
      async perform(_input, { tx, now }) {
        await hold.begin(tx, { since: now, reason: 'asked', target: '' });
        return null;
      },
    }),
    defineChange<'leases.hold.release'>({
      name: 'leases.hold.release',
      summary: 'Go on taking back what has ended.',
      capability: 'delete',
      sudo: true,
      input: z.object({}),
      path: (_input, mount) => `${mount.path}leases/hold`,
      event: { class: 'access-change', activity: 'other', clear: [] },
      async perform(_input, { tx }) {
        await hold.release(tx);
        tx.afterCommit(wake);
        return null;
      },
    }),
  ];
}
