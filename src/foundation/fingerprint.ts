import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** A key under which secrets are spoken of without being shown. `id` is public. */
export interface FingerprintKey {
  readonly id: string;
  readonly key: KeyObject;
}

export function fingerprintKey(id: string, bytes: Uint8Array): FingerprintKey {
  return { id, key: createSecretKey(bytes) };
}

/**
 * `<key id>:<hex HMAC-SHA-256 of the exact bytes>`: the one way in which scanner, store and redaction
 * name a secret. Two sightings of one secret under one key have one fingerprint.
 */
export function fingerprint(key: FingerprintKey, bytes: Uint8Array): string {
  return `${key.id}:${createHmac('sha256', key.key).update(bytes).digest('hex')}`;
}
