import { createHmac } from 'node:crypto';
import { isJsonObject } from '../foundation/exact-json.ts';
import { Secret } from '../foundation/secret.ts';
import type { InstanceKey } from '../keyring/contract.ts';
import type { Digester } from './contract.ts';

const MAX_LEAVES = 64;

/**
 * HMAC-SHA-256 under the log's own key. A number, boolean or null is digested as its JSON text, exactly as it was sent, so
 * whoever knows a value can recompute its digest from its text, whatever its type.
 */
export function createDigester({ id, key }: InstanceKey): Digester {
  const prefix = `hmac-sha256:${id}:`;
  const value = (input: string | Uint8Array): string => prefix + createHmac('sha256', key).update(input).digest('hex');

  /** Gives false when there are more leaves than are digested one by one. */
  const walk = (node: unknown, digests: string[]): boolean => {
    if (node === undefined) return true;
    if (Array.isArray(node)) return node.every((member) => walk(member, digests));
    const leaf = leafBytes(node);
    if (leaf === undefined) return Object.values(node as object).every((member) => walk(member, digests));
    if (digests.length === MAX_LEAVES) return false;
    digests.push(value(leaf));
    return true;
  };

  return {
    value,
    leaves(input) {
      const digests: string[] = [];
      if (!walk(input, digests)) digests.push(value(JSON.stringify(input)));
      return digests;
    },
  };
}

/** Undefined for an object that has members of its own. */
function leafBytes(node: unknown): string | Uint8Array | undefined {
  if (typeof node === 'string' || node instanceof Uint8Array) return node;
  if (node instanceof Secret) return node.bytes;
  return isJsonObject(node) ? undefined : JSON.stringify(node);
}
