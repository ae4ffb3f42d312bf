import { WatchwordError } from '../foundation/errors.ts';

const MAX_KEYS = 64;
const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 512;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

function refuse(what: string): never {
  throw new WatchwordError('request.invalid', `custom_metadata validation failed: ${what}`, { where: 'custom_metadata' });
}

/** The bounds of Vault's documentation: 64 keys of at most 128 bytes, values of 1 to 512 bytes, all printable. @throws `request.invalid` */
export function checkCustomMetadata(custom: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(custom);
  if (pairs.length > MAX_KEYS) refuse(`payload must contain at most ${MAX_KEYS} keys, provided ${pairs.length}`);
  for (const [key, value] of pairs) {
    const keyBytes = Buffer.byteLength(key);
    const valueBytes = Buffer.byteLength(value);
    if (keyBytes === 0 || keyBytes > MAX_KEY_BYTES)
      refuse(`length of a key is ${keyBytes} but must be 0 < len(key) <= ${MAX_KEY_BYTES}`);
    if (valueBytes === 0 || valueBytes > MAX_VALUE_BYTES) {
      refuse(`length of a value is ${valueBytes} but must be 0 < len(value) <= ${MAX_VALUE_BYTES}`);
    }
    if (UNPRINTABLE.test(key) || UNPRINTABLE.test(value)) refuse('a key or value contains unprintable characters');
  }
}
