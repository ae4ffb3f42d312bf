import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { Secret } from '../../../foundation/secret.ts';
import { boolean, integer, text } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';
import { clusterOf } from './health.ts';

function sealStatus(status: OutputOf<'system.seal-status'>): WireReply {
  return {
    bare: {
      type: status.kind,
      initialized: status.initialized,
      sealed: status.sealed,
      t: status.threshold,
      n: status.shares,
      progress: status.progress,
      nonce: status.nonce,
      version: status.version,
      build_date: status.buildDate,
      migration: false,
      ...clusterOf(status),
      recovery_seal: status.kind !== 'shamir',
    },
  };
}

/** As Vault hands them out: each key in hex and in base64. */
function initialized({ unsealKeys, rootToken }: OutputOf<'system.initialize'>): WireReply {
  const keys = unsealKeys.map(({ bytes }) => Secret.fromText(bytes.toString('hex')));
  const keysBase64 = unsealKeys.map(({ bytes }) => Secret.fromText(bytes.toString('base64')));
  for (const key of unsealKeys) key.dispose();
  const recovery = unsealKeys.length === 0 ? { recovery_keys: [], recovery_keys_base64: [] } : {};
  return { bare: { keys, keys_base64: keysBase64, ...recovery, root_token: rootToken } };
}

function initialization({ body }: WireRequest) {
  for (const name of ['pgp_keys', 'recovery_pgp_keys', 'root_token_pgp_key']) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== '') unsupported(name, 'encryption of keys with PGP');
  }
  const shares = integer(body, 'secret_shares') ?? integer(body, 'recovery_shares') ?? 1;
  return { shares, threshold: integer(body, 'secret_threshold') ?? integer(body, 'recovery_threshold') ?? 1 };
}

function unsupported(where: string, what: string): never {
  throw new WatchwordError('request.invalid', `${where}: ${what} is not offered`, { where });
}

function unsealing({ body }: WireRequest) {
  if (boolean(body, 'migrate') === true) unsupported('migrate', 'seal migration');
  const key = text(body, 'key');
  return { key: key === undefined || key === '' ? undefined : keyBytes(key), reset: boolean(body, 'reset') };
}

function keyBytes(key: string): Secret {
  if (/^([0-9a-f]{2})+$/i.test(key)) return Secret.own(Buffer.from(key, 'hex'));
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(key) && key.length % 4 === 0) return Secret.own(Buffer.from(key, 'base64'));
  throw new WatchwordError('request.invalid', "'key' must be a valid hex or base64 string", { where: 'key' });
}

export const sealRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'init',
    operation: 'system.init-status',
    wraps: false,
    decode: () => ({}),
    encode: (output) => ({ bare: { initialized: output.initialized } }),
  }),
  route({
    method: 'POST',
    pattern: 'init',
    operation: 'system.initialize',
    notes: 'without PGP',
    wraps: false,
    decode: initialization,
    encode: initialized,
  }),
  route({
    method: 'GET',
    pattern: 'seal-status',
    operation: 'system.seal-status',
    wraps: false,
    decode: () => ({}),
    encode: sealStatus,
  }),
  route({
    method: 'POST',
    pattern: 'unseal',
    operation: 'system.unseal',
    notes: 'key in hex or base64; `reset`; no `migrate`',
    wraps: false,
    decode: unsealing,
    encode: sealStatus,
  }),
  route({ method: 'POST', pattern: 'seal', operation: 'system.seal', decode: () => ({}), encode: nothing }),
];
