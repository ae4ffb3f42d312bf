import { createHash, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { WatchwordError } from '../foundation/errors.ts';
import { frame } from '../foundation/framing.ts';
import type { Random } from '../foundation/ports.ts';
import type { RecordCipher } from './contract.ts';
import type { WrappedKey } from './key-table.ts';
import { XaesRecordCipher } from './record-cipher.ts';
import { KEY_BYTES } from './xaes.ts';

/** A key in memory, and the cipher that wraps the keys below it. */
export interface HeldKey {
  readonly id: string;
  readonly key: KeyObject;
  readonly wrapper: RecordCipher;
}

/**
 * The id commits to the key (AES-GCM alone does not): 16 hex digits of a hash of it. Computing a key from them is as hard
 * as inverting SHA-256.
 */
function keyId(bytes: Uint8Array): string {
  return createHash('sha256').update(frame('watchword-key-id', bytes)).digest('hex').slice(0, 16);
}

/** Takes over `bytes`: they are zeroed. */
export function holdKey(bytes: Buffer, random: Random): HeldKey {
  const id = keyId(bytes);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key, wrapper: new XaesRecordCipher(key, { keyId: id, namespace: '', mount: 'keyring' }, random) };
}

/** A new random key, wrapped by its parent for storing. */
export function makeKey(
  parent: HeldKey,
  parentPurpose: string,
  purpose: string,
  random: Random,
): { held: HeldKey; row: WrappedKey } {
  const bytes = random.bytes(KEY_BYTES);
  const id = keyId(bytes);
  const wrapped = parent.wrapper.seal({ path: purpose, version: id }, bytes);
  return { held: holdKey(bytes, random), row: { purpose, key_id: id, parent: parentPurpose, wrapped } };
}

/** @throws WatchwordError `keyring.tampered` */
export function unwrapKey(parent: HeldKey, row: WrappedKey, random: Random): HeldKey {
  const bytes = parent.wrapper.open({ path: row.purpose, version: row.key_id }, row.wrapped);
  if (bytes.length !== KEY_BYTES || keyId(bytes) !== row.key_id) throw new WatchwordError('keyring.tampered');
  return holdKey(bytes, random);
}

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519 key whose seed is the held key (RFC 8410). */
export function signingKeyOf(held: HeldKey): KeyObject {
  const der = Buffer.concat([ED25519_PKCS8, held.key.export()]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}
