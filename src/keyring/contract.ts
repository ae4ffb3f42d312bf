import type { KeyObject } from 'node:crypto';
import type { Reader, Transaction } from '../storage/contract.ts';

/** Where a record stands: part of its associated data, so that it decrypts nowhere else. */
export interface Place {
  readonly path: string;
  readonly version: number | string;
}

/** Encrypts and decrypts the records of one mount. Synchronous: keys are cached key objects. */
export interface RecordCipher {
  /** Plain text is copied, not kept. Gives `format ‖ salt ‖ nonce ‖ ciphertext ‖ tag`. */
  seal(place: Place, plaintext: Uint8Array): Buffer;
  /**
   * Gives the plain text in a fresh Buffer that the caller should zero.
   * @throws WatchwordError `keyring.tampered` when the record was changed or belongs elsewhere.
   */
  open(place: Place, record: Uint8Array): Buffer;
}

export type SealState = 'uninitialized' | 'sealed' | 'unsealed';

/** Named key of the instance itself, not of a mount: `token-hash`, `audit-digest`, `checkpoint-signing`, … */
export interface InstanceKey {
  readonly id: string;
  readonly key: KeyObject;
}

export interface Keyring {
  readonly state: SealState;
  /** @throws WatchwordError `seal.sealed`; `keyring.tampered` when the wrapped key was changed. */
  cipher(mount: { readonly id: string; readonly namespace: string }): RecordCipher;
  /** Made in the transaction that creates the mount. */
  createMountKey(tx: Transaction, mount: { readonly id: string; readonly namespace: string }): Promise<void>;
  /** Crypto-shred: after the commit no record of the mount can ever be decrypted. */
  destroyMountKey(tx: Transaction, mountId: string): Promise<void>;
  /** 32 random bytes per purpose, made at initialisation or on first use (then in a transaction of its own). */
  instanceKey(purpose: string): InstanceKey;
  /** Ed25519 private key that signs checkpoints; its public part is safe to publish. */
  signingKey(): KeyObject;
  reload(reader: Reader): Promise<void>;
}
