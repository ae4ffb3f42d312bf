import { z } from 'zod';
import { secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import { type AnyOperation, defineAction, defineRead } from '../operation.ts';

export interface SealStatus {
  readonly kind: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly shares: number;
  readonly threshold: number;
  readonly progress: number;
  readonly nonce: string;
  readonly version: string;
  readonly buildDate: string;
  readonly clusterName: string;
  readonly clusterId: string;
}

export interface Initialized {
  readonly unsealKeys: readonly Secret[];
  readonly rootToken: Secret;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'system.health': { input: Record<string, never>; output: SealStatus & { readonly serverTime: number } };
    'system.init-status': { input: Record<string, never>; output: { initialized: boolean } };
    'system.initialize': { input: { shares: number; threshold: number }; output: Initialized };
    'system.seal-status': { input: Record<string, never>; output: SealStatus };
    'system.unseal': { input: { key?: Secret | undefined; reset?: boolean | undefined }; output: SealStatus };
    'system.seal': { input: Record<string, never>; output: null };
    'system.leader': { input: Record<string, never>; output: { address: string } };
  }
}

/** Fulfilled in `server/`, where keyring, mounts and identity are known. */
export interface SealControl {
  status(): SealStatus;
  /** Address under which clients reach this server. */
  readonly address: string;
  initialize(shares: number, threshold: number): Promise<Initialized>;
  submit(key: Secret): Promise<void>;
  resetProgress(): void;
  seal(): Promise<void>;
}

const nothing = z.object({});
const open = { authentication: 'none', whileSealed: true } as const;
const unrecorded = { class: 'entity-change', activity: 'read', clear: [], recorded: false } as const;

export function sealOperations(control: SealControl): AnyOperation[] {
  return [...statusOperations(control), ...lifecycleOperations(control)];
}

function statusOperations(control: SealControl): AnyOperation[] {
  return [
    defineRead<'system.health'>({
      name: 'system.health',
      summary: 'Whether this server can serve requests.',
      ...open,
      capability: 'read',
      input: nothing,
      path: () => 'sys/health',
      event: unrecorded,
      perform: async (_input, { now }) => ({ ...control.status(), serverTime: now }),
    }),
    defineRead<'system.init-status'>({
      name: 'system.init-status',
      summary: 'Whether the store is initialised.',
      ...open,
      capability: 'read',
      input: nothing,
      path: () => 'sys/init',
      event: unrecorded,
      perform: async () => ({ initialized: control.status().initialized }),
    }),
    defineRead<'system.seal-status'>({
      name: 'system.seal-status',
      summary: 'Whether the store is sealed, and how far unsealing has come.',
      ...open,
      capability: 'read',
      input: nothing,
      path: () => 'sys/seal-status',
      event: unrecorded,
      perform: async () => control.status(),
    }),
    defineRead<'system.leader'>({
      name: 'system.leader',
      summary: 'Which server leads; every server does.',
      ...open,
      capability: 'read',
      input: nothing,
      path: () => 'sys/leader',
      event: unrecorded,
      perform: async () => ({ address: control.address }),
    }),
  ];
}

function lifecycleOperations(control: SealControl): AnyOperation[] {
  return [
    defineAction<'system.initialize'>({
      name: 'system.initialize',
      summary: 'Initialise the store: make its keys, hand out the unseal keys and the root token once.',
      ...open,
      capability: 'update',
      input: z.object({ shares: z.int().min(1).max(255), threshold: z.int().min(1).max(255) }),
      path: () => 'sys/init',
      event: { class: 'access-change', activity: 'create', clear: ['shares', 'threshold'] },
      async perform({ shares, threshold }, { afterOutcome }) {
        if (control.status().initialized) throw new WatchwordError('seal.initialized');
        const made = await control.initialize(shares, threshold);
        // Whoever got the keys now brings them: what was never unsealed by them would be found locked at the first restart.
        if (made.unsealKeys.length > 0) afterOutcome(() => control.seal());
        return made;
      },
    }),
    defineAction<'system.unseal'>({
      name: 'system.unseal',
      summary: 'Give one unseal key; the store unseals when enough are there.',
      ...open,
      capability: 'update',
      input: z.object({ key: secretSchema.optional(), reset: z.boolean().optional() }),
      path: () => 'sys/unseal',
      event: { class: 'access-change', activity: 'update', clear: ['reset'] },
      async perform({ key, reset }) {
        if (!control.status().initialized) throw new WatchwordError('seal.uninitialized');
        if (reset === true) control.resetProgress();
        else if (key === undefined)
          throw new WatchwordError('request.invalid', "'key' must be specified in request body as JSON", { where: 'key' });
        else if (control.status().sealed) await control.submit(key);
        return control.status();
      },
    }),
    defineAction<'system.seal'>({
      name: 'system.seal',
      summary: 'Forget every key; nothing is served until the store is unsealed.',
      sudo: true,
      capability: 'update',
      input: nothing,
      path: () => 'sys/seal',
      event: { class: 'access-change', activity: 'update', clear: [] },
      async perform(_input, { afterOutcome }) {
        // The outcome must be in the log, under the log's keys, before they are forgotten.
        afterOutcome(() => control.seal());
        return null;
      },
    }),
  ];
}
