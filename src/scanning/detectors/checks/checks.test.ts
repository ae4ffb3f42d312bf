import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { Maker } from '../maker.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { base58Decoded, base58Encoded } from './base58.ts';
import { bech32, isBech32 } from './bech32.ts';
import { checkJwt } from './jwt.ts';
import { checkPrivateKey } from './private-key.ts';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (header: object, claims: object): string => `${encoded(header)}.${encoded(claims)}.${'c'.repeat(43)}`;

test('a JWT that has expired fails and says when', () => {
  expect(checkJwt(jwt({ alg: 'HS256' }, { exp: 1_600_000_000 }))).toEqual({ ok: false, reason: 'expired on 2020-09-13' });
  expect(checkJwt(jwt({ alg: 'HS256' }, { exp: 4_102_444_800 })).reason).toContain('valid until 2100-01-01');
  expect(checkJwt(jwt({ alg: 'HS256' }, { exp: 1e300 })).ok).toBe(true);
});

test('an unsigned, a public and a broken JWT fail', () => {
  expect(checkJwt(jwt({ alg: 'none' }, {})).ok).toBe(false);
  expect(checkJwt(jwt({ alg: 'HS256' }, { role: 'anon' })).ok).toBe(false);
  expect(checkJwt(jwt({ typ: 'JWT' }, {})).ok).toBe(false);
  expect(checkJwt(`${encoded({ alg: 'RS256' })}.x.y`).ok).toBe(false);
  expect(checkJwt(jwt({ alg: 'HS256' }, { role: 'service_role' })).ok).toBe(true);
});

const pems = (): string[] => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return [
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ];
};

test('a real key is a key, in any wrapping', () => {
  for (const pem of pems()) {
    for (const newline of ['\n', '\r\n', '\\n', '\\\\n', '\n    ', '\\n" +\n  "', ' ', '&#10;'])
      expect(checkPrivateKey(pem.trim().replaceAll('\n', newline)), newline).toMatchObject({ ok: true });
  }
});

test('a cut, a shortened and a locked key fail', () => {
  for (const pem of pems()) {
    const lines = pem.trim().split('\n');
    expect(checkPrivateKey(lines.slice(0, -1).join('\n'))).toEqual({ ok: false, reason: 'the end of the key is missing' });
    expect(checkPrivateKey([lines[0], lines[1]?.slice(0, 40), lines.at(-1)].join('\n')).ok).toBe(false);
    const locked = [lines[0], 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,00', '', ...lines.slice(1)].join('\n');
    expect(checkPrivateKey(locked)).toEqual({ ok: false, reason: 'locked by a passphrase' });
  }
});

test('checksums of Bech32 and Base58 hold for what was made and for nothing near it', () => {
  const make = new Maker('checksums');
  const key = bech32('age-secret-key-', make.chars({ of: 'qpzry9x8gf2tvdw0s3jn54khce6mua7l' }, 52));
  expect([isBech32(key), isBech32(key.toUpperCase()), isBech32(`${key.slice(0, -1)}${key.endsWith('q') ? 'p' : 'q'}`)]).toEqual([
    true,
    true,
    false,
  ]);
  const bytes = Buffer.concat([Buffer.from([0, 0x80]), make.bytes(32)]);
  const text = base58Encoded(bytes);
  expect(base58Decoded(text)).toEqual(bytes);
  expect(base58Decoded(`${text.slice(0, -1)}${text.endsWith('z') ? 'y' : 'z'}`)).toBeUndefined();
});

test('Base32 gives back the bytes that it was given', () => {
  const make = new Maker('base32');
  for (let length = 0; length < 20; length += 1) {
    const bytes = make.bytes(length);
    expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
  }
});
