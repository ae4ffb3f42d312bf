import { z } from 'zod';
import { nameSchema, textSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { wrappingPolicyName } from '../../policy/default-policy.ts';
import { parsePolicy } from '../../policy/index.ts';
import type { Executor, Transaction } from '../../storage/contract.ts';
import { bumpGeneration } from '../generation-table.ts';
import { type AnyOperation, defineChange, defineRead } from '../operation.ts';

export interface StoredPolicy {
  readonly name: string;
  readonly text: string;
}

/** Vault answers at two paths, `sys/policies/acl` and the older `sys/policy`, and policies may grant either. */
interface AskedAt {
  readonly legacyPath?: boolean | undefined;
}

interface Named extends AskedAt {
  readonly name: string;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'policies.list': { input: AskedAt; output: { names: readonly string[] } };
    'policies.read': { input: Named; output: StoredPolicy };
    'policies.write': { input: Named & { text: string }; output: null };
    'policies.delete': { input: Named; output: null };
  }
}

/** Where policies are kept, already bound to the system mount's cipher. */
export interface PolicyStore {
  get(on: Executor, name: string): Promise<string | undefined>;
  list(on: Executor): Promise<string[]>;
  put(tx: Transaction, name: string, text: string): Promise<void>;
  remove(tx: Transaction, name: string): Promise<void>;
}

const name = nameSchema.transform((text) => text.toLowerCase());
const legacyPath = z.boolean().optional();
const root = (input: AskedAt) => (input.legacyPath === true ? 'sys/policy' : 'sys/policies/acl');
const path = (input: Named) => `${root(input)}/${input.name}`;

export function policyOperations(store: PolicyStore): AnyOperation[] {
  return [
    defineRead<'policies.list'>({
      name: 'policies.list',
      summary: 'List the names of all policies.',
      capability: async (input) => (input.legacyPath === true ? 'read' : 'list'),
      input: z.object({ legacyPath }),
      path: root,
      event: { class: 'entity-change', activity: 'read', clear: ['legacyPath'] },
      perform: async (_input, { reader }) => ({ names: [...new Set([...(await store.list(reader)), 'root'])].sort() }),
    }),
    defineRead<'policies.read'>({
      name: 'policies.read',
      summary: 'Read one policy.',
      capability: 'read',
      input: z.object({ name, legacyPath }),
      path,
      event: { class: 'entity-change', activity: 'read', clear: ['name', 'legacyPath'] },
      async perform({ name }, { reader }) {
        const text = name === 'root' ? '' : await store.get(reader, name);
        if (text === undefined) throw new WatchwordError('store.missing', 'there is no policy of this name', { where: 'name' });
        return { name, text };
      },
    }),
    defineChange<'policies.write'>({
      name: 'policies.write',
      summary: 'Create or replace a policy.',
      capability: 'update',
      input: z.object({ name, legacyPath, text: textSchema }),
      path,
      event: { class: 'access-change', activity: 'update', clear: ['name', 'legacyPath'] },
      async perform({ name, text }, { tx }) {
        refuseBuiltIn(name, 'update', ['root', wrappingPolicyName]);
        parsePolicy(name, text);
        await store.put(tx, name, text);
        await bumpGeneration(tx, 'policies');
        return null;
      },
    }),
    defineChange<'policies.delete'>({
      name: 'policies.delete',
      summary: 'Delete a policy; tokens that carry it lose what it granted with their next request.',
      capability: 'delete',
      input: z.object({ name, legacyPath }),
      path,
      event: { class: 'access-change', activity: 'delete', clear: ['name', 'legacyPath'] },
      async perform({ name }, { tx }) {
        refuseBuiltIn(name, 'delete', ['root', wrappingPolicyName, 'default']);
        await store.remove(tx, name);
        await bumpGeneration(tx, 'policies');
        return null;
      },
    }),
  ];
}

function refuseBuiltIn(name: string, what: 'update' | 'delete', builtIn: readonly string[]): void {
  if (builtIn.includes(name)) throw new WatchwordError('policy.invalid', `cannot ${what} "${name}" policy`, { where: 'name' });
}
