import { parseWithSecrets, printWithSecrets } from '../foundation/secret-json.ts';
import type { Place, RecordCipher } from './contract.ts';

/** Seals a JSON value, Secrets in it included; the plain bytes are zeroed. */
export function sealJson(cipher: RecordCipher, place: Place, value: unknown): Buffer {
  const plain = printWithSecrets(value);
  try {
    return cipher.seal(place, plain);
  } finally {
    plain.fill(0);
  }
}

/** @throws WatchwordError `keyring.tampered` */
export function openJson(cipher: RecordCipher, place: Place, record: Uint8Array): unknown {
  const plain = cipher.open(place, record);
  try {
    return parseWithSecrets(plain);
  } finally {
    plain.fill(0);
  }
}
