import type { KeyObject } from 'node:crypto';
import { WatchwordError } from '../foundation/errors.ts';
import { frame } from '../foundation/framing.ts';
import type { Random } from '../foundation/ports.ts';
import type { Place, RecordCipher } from './contract.ts';
import { decryptWith, deriveSubkey, encryptWith, NONCE_BYTES, SALT_BYTES, TAG_BYTES } from './xaes.ts';

/** Version of the record layout: `format ‖ salt ‖ nonce ‖ ciphertext ‖ tag`. */
const FORMAT = 1;
const HEADER_BYTES = 1 + SALT_BYTES + NONCE_BYTES;
/** Random 96-bit nonces under one key: NIST SP 800-38D allows 2^32. */
const MAX_RECORDS_PER_SUBKEY = 2 ** 32;
const CACHED_SUBKEYS = 1024;

export interface CipherIdentity {
  readonly keyId: string;
  readonly namespace: string;
  readonly mount: string;
}

/** Encrypts records under one key. Each instance writes under salts of its own, so that no two processes share a subkey's count. */
export class XaesRecordCipher implements RecordCipher {
  readonly #key: KeyObject;
  readonly #identity: CipherIdentity;
  readonly #random: Random;
  readonly #maxRecords: number;
  /** Subkeys by salt, the least recently used first. */
  readonly #subkeys = new Map<string, KeyObject>();
  #salt: Buffer | undefined;
  #writing: KeyObject | undefined;
  #written = 0;

  constructor(key: KeyObject, identity: CipherIdentity, random: Random, maxRecords: number = MAX_RECORDS_PER_SUBKEY) {
    this.#key = key;
    this.#identity = identity;
    this.#random = random;
    this.#maxRecords = maxRecords;
  }

  seal(place: Place, plaintext: Uint8Array): Buffer {
    if (this.#salt === undefined || this.#writing === undefined || this.#written >= this.#maxRecords) {
      this.#salt = this.#random.bytes(SALT_BYTES);
      this.#writing = deriveSubkey(this.#key, this.#salt);
      this.#written = 0;
    }
    this.#written += 1;
    const nonce = this.#random.bytes(NONCE_BYTES);
    const sealed = encryptWith(this.#writing, nonce, plaintext, this.#associated(place));
    return Buffer.concat([Buffer.of(FORMAT), this.#salt, nonce, ...sealed]);
  }

  open(place: Place, record: Uint8Array): Buffer {
    if (record[0] !== FORMAT || record.length < HEADER_BYTES + TAG_BYTES) throw new WatchwordError('keyring.tampered');
    const salt = record.subarray(1, 1 + SALT_BYTES);
    const nonce = record.subarray(1 + SALT_BYTES, HEADER_BYTES);
    const plaintext = decryptWith(this.#subkey(salt), nonce, record.subarray(HEADER_BYTES), this.#associated(place));
    if (plaintext === undefined) throw new WatchwordError('keyring.tampered');
    return plaintext;
  }

  #associated({ path, version }: Place): Buffer {
    const { namespace, mount, keyId } = this.#identity;
    return frame('watchword-record-1', namespace, mount, path, String(version), keyId);
  }

  #subkey(salt: Uint8Array): KeyObject {
    const name = Buffer.from(salt.buffer, salt.byteOffset, salt.length).toString('latin1');
    let subkey = this.#subkeys.get(name);
    if (subkey !== undefined) {
      if (this.#subkeys.size > CACHED_SUBKEYS / 2) {
        this.#subkeys.delete(name);
        this.#subkeys.set(name, subkey);
      }
      return subkey;
    }
    subkey = deriveSubkey(this.#key, salt);
    const oldest = this.#subkeys.size >= CACHED_SUBKEYS ? this.#subkeys.keys().next().value : undefined;
    if (oldest !== undefined) this.#subkeys.delete(oldest);
    this.#subkeys.set(name, subkey);
    return subkey;
  }
}
