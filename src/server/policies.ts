import type { PolicyStore } from '../access/operations/policies.ts';
import type { RecordCipher } from '../keyring/contract.ts';
import { wrappingPolicyName, wrappingPolicyText } from '../policy/default-policy.ts';
import { getPolicy, listPolicies, putPolicy, removePolicy } from '../policy/policy-table.ts';

const NAMESPACE = 'root';
/** What wrapping tokens carry: built in, so that nobody can widen it. */
const BUILT_IN = new Map([[wrappingPolicyName, wrappingPolicyText]]);

/** Stored policies, bound to the key that seals them. @param cipher asked anew each time, since it is gone while sealed */
export function policyStore(cipher: () => RecordCipher): PolicyStore {
  return {
    get: async (on, name) => BUILT_IN.get(name) ?? (await getPolicy(on, cipher(), NAMESPACE, name)),
    list: async (on) => [...BUILT_IN.keys(), ...(await listPolicies(on, NAMESPACE))],
    put: (tx, name, text) => putPolicy(tx, cipher(), NAMESPACE, name, text),
    remove: (tx, name) => removePolicy(tx, cipher(), NAMESPACE, name),
  };
}
