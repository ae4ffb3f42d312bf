import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../foundation/node-files.ts';
import { systemRandom } from '../foundation/node-ports.ts';
import { Secret } from '../foundation/secret.ts';
import { openTemporaryStorage } from '../storage/testing/temporary-storage.ts';
import { keyringMigration } from './key-table.ts';
import { openKeyring } from './keyring.ts';
import { XaesRecordCipher } from './record-cipher.ts';
import { shamirSeal, staticSeal } from './seals/index.ts';
import { join as joinShares, multiply, split } from './seals/shamir-arithmetic.ts';
import { openTestKeyring } from './testing/test-keyring.ts';

const place = { path: 'team/key', version: 1 };
const plain = Buffer.from('value under test');
const tampered = expect.objectContaining({ code: 'keyring.tampered' });

describe('records of a mount', () => {
  it('open only at the path, version, mount and namespace where they were sealed', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const keyring = await openTestKeyring(temporary.storage, ['one', 'two']);
    const cipher = keyring.cipher({ id: 'one', namespace: 'root' });
    const record = cipher.seal(place, plain);
    expect(cipher.open(place, record)).toEqual(plain);
    expect(() => cipher.open({ ...place, path: 'team/other' }, record)).toThrow(tampered);
    expect(() => cipher.open({ ...place, version: 2 }, record)).toThrow(tampered);
    expect(() => keyring.cipher({ id: 'two', namespace: 'root' }).open(place, record)).toThrow(tampered);
    const key = createSecretKey(Buffer.alloc(32, 7));
    const here = new XaesRecordCipher(key, { keyId: 'k', namespace: 'root', mount: 'm' }, systemRandom);
    const there = new XaesRecordCipher(key, { keyId: 'k', namespace: 'other', mount: 'm' }, systemRandom);
    expect(() => there.open(place, here.seal(place, plain))).toThrow(tampered);
  });

  it('do not open after any change of any byte, or shortened', async () => {
    const cipher = new XaesRecordCipher(
      createSecretKey(Buffer.alloc(32, 7)),
      { keyId: 'k', namespace: 'n', mount: 'm' },
      systemRandom,
    );
    const record = cipher.seal(place, plain);
    for (let index = 0; index < record.length; index++) {
      const changed = Buffer.from(record);
      changed[index] = changed.readUInt8(index) ^ 0x01;
      expect(() => cipher.open(place, changed)).toThrow(tampered);
      expect(() => cipher.open(place, record.subarray(0, index))).toThrow(tampered);
    }
  });

  it('take a new subkey when the old one has sealed its share', () => {
    const cipher = new XaesRecordCipher(
      createSecretKey(Buffer.alloc(32, 7)),
      { keyId: 'k', namespace: 'n', mount: 'm' },
      systemRandom,
      3,
    );
    const records = Array.from({ length: 10 }, () => cipher.seal(place, plain));
    const salts = records.map((record) => record.subarray(1, 13).toString('hex'));
    expect(new Set(salts).size).toBe(4);
    expect(Math.max(...[...new Set(salts)].map((salt) => salts.filter((other) => other === salt).length))).toBe(3);
    for (const record of records) expect(cipher.open(place, record)).toEqual(plain);
  });
});

describe('the lifecycle', () => {
  it('opens old records after a restart with a static key file, and only with that file', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const { storage, directory } = temporary;
    const open = (keyFile: string) =>
      openKeyring({
        storage,
        random: systemRandom,
        seals: [staticSeal({ files: nodeFiles, random: systemRandom, keyFile })],
        sealKind: 'static',
      });
    const first = await open(join(directory, 'seal.key'));
    expect(first.state).toBe('uninitialized');
    expect(await first.initialize({ shares: 1, threshold: 1 })).toEqual([]);
    await storage.write((tx) => first.createMountKey(tx, { id: 'm' }));
    const record = first.cipher({ id: 'm', namespace: 'root' }).seal(place, plain);
    const again = await open(join(directory, 'seal.key'));
    expect(again.state).toBe('sealed');
    expect(await again.unsealUnattended()).toBe(true);
    expect(again.cipher({ id: 'm', namespace: 'root' }).open(place, record)).toEqual(plain);
    expect(again.instanceKey('token-hash').id).toBe(first.instanceKey('token-hash').id);
    await nodeFiles.replace(join(directory, 'wrong.key'), Buffer.alloc(32, 1));
    await expect((await open(join(directory, 'wrong.key'))).unsealUnattended()).rejects.toMatchObject({ code: 'seal.key-file' });
    await expect((await open(join(directory, 'missing.key'))).unsealUnattended()).rejects.toMatchObject({
      code: 'seal.key-file',
    });
    await expect(again.initialize({ shares: 1, threshold: 1 })).rejects.toMatchObject({ code: 'seal.initialized' });
  });

  it('unseals with any three of five keys, counts one key once, and starts over after wrong ones', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const { storage } = temporary;
    const open = () => openKeyring({ storage, random: systemRandom, seals: [shamirSeal(systemRandom)], sealKind: 'shamir' });
    const keys = (await (await open()).initialize({ shares: 5, threshold: 3 })).map((key) => Buffer.from(key.bytes));
    const give = (index: number) => Secret.copy(keys[index] ?? Buffer.alloc(0));
    const keyring = await open();
    await keyring.submit(give(4));
    await keyring.submit(give(4));
    expect(keyring.status()).toMatchObject({ state: 'sealed', progress: 1, shares: 5, threshold: 3 });
    await keyring.submit(give(0));
    await keyring.submit(give(2));
    expect(keyring.status()).toMatchObject({ state: 'unsealed', progress: 0 });
    keyring.seal();
    expect(() => keyring.cipher({ id: 'm', namespace: 'root' })).toThrow(expect.objectContaining({ code: 'seal.sealed' }));
    await keyring.submit(give(1));
    await keyring.submit(Secret.own(systemRandom.bytes(33)));
    await expect(keyring.submit(give(3))).rejects.toMatchObject({ code: 'seal.wrong-key' });
    expect(keyring.status().progress).toBe(0);
    await keyring.submit(give(1));
    keyring.resetProgress();
    expect(keyring.status()).toMatchObject({ progress: 0, nonce: '' });
  });

  it('makes records unreadable for good when the key of their mount is destroyed', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const keyring = await openTestKeyring(temporary.storage, ['m']);
    const record = keyring.cipher({ id: 'm', namespace: 'root' }).seal(place, plain);
    await temporary.storage.write((tx) => keyring.destroyMountKey(tx, 'm'));
    expect(() => keyring.cipher({ id: 'm', namespace: 'root' })).toThrow(tampered);
    await temporary.storage.write((tx) => keyring.createMountKey(tx, { id: 'm' }));
    expect(() => keyring.cipher({ id: 'm', namespace: 'root' }).open(place, record)).toThrow(tampered);
  });

  it('refuses wrapped keys that were exchanged in the database', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const { storage } = temporary;
    const keyring = await openTestKeyring(storage, ['a', 'b']);
    type Tables = { keyring_key: { purpose: string } };
    await storage.write(async ({ query }) => {
      const table = query.withTables<Tables>();
      for (const [from, to] of [
        ['mount/a', 'mount/c'],
        ['mount/b', 'mount/a'],
        ['mount/c', 'mount/b'],
      ] as const) {
        await table.updateTable('keyring_key').set({ purpose: to }).where('purpose', '=', from).execute();
      }
    });
    await expect(keyring.reload(storage.reader)).rejects.toMatchObject({ code: 'keyring.tampered' });
  });

  it('leaves no key in the database files', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration]);
    const { storage, path } = temporary;
    const keyring = await openKeyring({ storage, random: systemRandom, seals: [shamirSeal(systemRandom)], sealKind: 'shamir' });
    const [unsealKey] = await keyring.initialize({ shares: 1, threshold: 1 });
    const held = [unsealKey?.bytes ?? Buffer.alloc(0), keyring.instanceKey('token-hash').key.export()];
    const files = Buffer.concat([await readFile(path), await readFile(`${path}-wal`)]);
    for (const key of held) {
      expect(key).toHaveLength(32);
      expect(files.includes(key)).toBe(false);
    }
  });
});

describe("Shamir's scheme", () => {
  it('multiplies as the worked example of FIPS 197 section 4.2 says', () => {
    expect(multiply(0x57, 0x83)).toBe(0xc1);
    expect(multiply(0x57, 0x13)).toBe(0xfe);
  });

  it('gives the secret back from any threshold of shares, in any order', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 0, max: 6 }),
        fc.nat(),
        (secret, threshold, extra, seed) => {
          const shares = split(secret, threshold + extra, threshold, systemRandom);
          const chosen = shares
            .map((share, index) => ({ share, order: (index * 7919 + seed) % 101 }))
            .sort((a, b) => a.order - b.order);
          expect(joinShares(chosen.slice(0, threshold).map(({ share }) => share))).toEqual(Buffer.from(secret));
        },
      ),
    );
  });

  it('tells nothing with one share too few: every value of the first byte remains possible', () => {
    const [share] = split(Uint8Array.of(42), 2, 2, systemRandom);
    const x = share?.readUInt8(1) === 2 ? 1 : 2;
    const possible = new Set(
      Array.from({ length: 256 }, (_, y) => joinShares([share ?? Buffer.alloc(2), Uint8Array.of(y, x)])[0]),
    );
    expect(possible.size).toBe(256);
  });
});
