import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decryptWith, deriveSubkey, encryptWith } from './xaes.ts';

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');
const plaintext = Buffer.from('XAES-256-GCM');

/** The two examples of c2sp.org/XAES-256-GCM: one for each value of the most significant bit of L. */
const published = [
  { fill: 1, associated: '', sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271' },
  { fill: 3, associated: 'c2sp.org/XAES-256-GCM', sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d' },
];

describe('XAES-256-GCM', () => {
  it.each(published)('matches the published example with key bytes $fill', ({ fill, associated, sealed }) => {
    const subkey = deriveSubkey(createSecretKey(Buffer.alloc(32, fill)), nonce.subarray(0, 12));
    const aad = Buffer.from(associated);
    expect(Buffer.concat(encryptWith(subkey, nonce.subarray(12), plaintext, aad)).toString('hex')).toBe(sealed);
    expect(decryptWith(subkey, nonce.subarray(12), Buffer.from(sealed, 'hex'), aad)).toEqual(plaintext);
  });

  it('gives nothing for a changed bit anywhere', () => {
    const subkey = deriveSubkey(createSecretKey(Buffer.alloc(32, 9)), nonce.subarray(0, 12));
    const sealed = Buffer.concat(encryptWith(subkey, nonce.subarray(12), plaintext, Buffer.alloc(0)));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = changed.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      expect(decryptWith(subkey, nonce.subarray(12), changed, Buffer.alloc(0))).toBeUndefined();
    }
    expect(decryptWith(subkey, nonce.subarray(12), sealed.subarray(0, 10), Buffer.alloc(0))).toBeUndefined();
  });
});
