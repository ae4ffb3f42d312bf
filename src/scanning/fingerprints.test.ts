import { createHash, createHmac } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Maker } from './detectors/maker.ts';
import {
  fingerprintKeyFile,
  keyedFingerprinter,
  newSalt,
  SHARED_SALT,
  saltedFingerprinter,
  saltKeyId,
  unguessable,
} from './fingerprints.ts';

const make = new Maker('fingerprints');
const token = Buffer.from(make.chars('base62', 40));
const password = Buffer.from(['correct', 'horse', '7'].join('-'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function keyFile(name: string, content: string | Buffer, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

describe('without a key', () => {
  test.each([
    ['a token', token],
    ['a password', password],
  ])('%s has one fingerprint under one salt, in whatever run, and another under another', async (_, value) => {
    const salt = newSalt();
    const first = await saltedFingerprinter(salt).of(value);
    expect(first).toMatch(new RegExp(`^${saltKeyId(salt)}:[0-9a-f]{64}$`));
    expect(await saltedFingerprinter(Buffer.from(salt)).of(Buffer.from(value))).toBe(first);
    expect(await saltedFingerprinter(newSalt()).of(value)).not.toBe(first);
  });

  test('a value is not changed, and may be zeroed as soon as its fingerprint is there', async () => {
    const fingerprinter = saltedFingerprinter(SHARED_SALT);
    const copy = Buffer.from(password);
    const first = await fingerprinter.of(copy);
    expect(copy.equals(password)).toBe(true);
    copy.fill(0);
    expect(await fingerprinter.of(password)).toBe(first);
  });

  test('the shared salt and its key id are what they are said to be made of', () => {
    const made = createHash('sha256').update('watchword shared salt 1').digest().subarray(0, SHARED_SALT.length);
    expect(made.equals(SHARED_SALT)).toBe(true);
    expect(saltKeyId(SHARED_SALT)).toBe(saltKeyId(made));
  });

  test('most of what nobody can guess is told by its bytes alone', () => {
    const told = (alphabet: 'base62' | 'hex'): number =>
      Array.from({ length: 100 }, () => unguessable(Buffer.from(make.chars(alphabet, 40)))).filter(Boolean).length;
    expect(told('base62')).toBeGreaterThan(75);
    expect(told('hex')).toBeGreaterThan(95);
  });

  test.each([
    '1q2w3e4r5t6y7u8i9o0p1q2w',
    'a1b2c3d4e5f6g7h8i9j0k1l2',
    'summer2024winter2025spring2026',
    'qwerty123'.repeat(6),
    'x'.repeat(60),
    '',
  ])('%j can be guessed, and is hashed slowly', (text) => {
    expect(unguessable(Buffer.from(text))).toBe(false);
  });
});

describe('the key file', () => {
  const bytes = make.bytes(32);

  test('holds the key as it is, in hexadecimal or in Base64', async () => {
    const keys = [
      await fingerprintKeyFile(await keyFile('raw', bytes)),
      await fingerprintKeyFile(await keyFile('hex', `${bytes.toString('hex')}\n`)),
      await fingerprintKeyFile(await keyFile('base64', `${bytes.toString('base64')}\n`)),
    ];
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    const expected = createHmac('sha256', bytes).update(token).digest('hex');
    for (const key of keys) expect(await keyedFingerprinter(key).of(token)).toBe(`${key.id}:${expected}`);
  });

  test('that others can read is refused', async () => {
    const path = await keyFile('open', bytes, 0o644);
    await expect(fingerprintKeyFile(path)).rejects.toThrow(/chmod 600/);
  });

  test('that holds too little is refused, without saying what it holds', async () => {
    const path = await keyFile('short', password);
    const error = await fingerprintKeyFile(path).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'client.usage' });
    expect(String(error)).not.toContain(password.toString());
  });
});
