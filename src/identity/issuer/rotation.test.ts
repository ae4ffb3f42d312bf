import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IssuerWorld, kidOf } from './testing/issuer-world.ts';

const HOUR = 3600;
let world: IssuerWorld;
beforeAll(async () => {
  world = await IssuerWorld.open();
  await world.configure({ rotationPeriod: HOUR, verificationTtl: 2 * HOUR });
});
afterAll(() => world[Symbol.asyncDispose]());

const published = async () => (await world.keySet()).keys.map(({ kid }) => kid);
const maintain = () => world.perform('issuer.keys.maintain', {}, undefined);

async function sign() {
  return (await world.perform('issuer.token', { role: 's3' }, await world.workload())).token;
}

describe('a key', () => {
  test('is published a whole period before it signs, and for the verification time after', async () => {
    const first = kidOf(await sign());
    const [, waiting] = await published();
    expect(waiting).not.toBe(first);
    world.pass(HOUR - 1);
    expect(kidOf(await sign())).toBe(first);
    const last = await sign();
    world.pass(1);
    // Nothing has run: the clock alone decides.
    expect(kidOf(await sign())).toBe(waiting);
    await world.verify(last);
    await maintain();
    // The one that signs leads: some verifiers look at no other.
    expect((await published()).slice(0, 2)).toEqual([waiting, first]);
    expect(await published()).toHaveLength(3);
    world.pass(2 * HOUR - 1);
    expect(await published()).toContain(first);
    world.pass(1);
    expect(await published()).not.toContain(first);
    await maintain();
  });

  test('that became due while nobody maintained signs on, and its successor is published ahead all the same', async () => {
    world.pass(30 * 24 * HOUR);
    const stale = kidOf(await sign());
    await maintain();
    expect(kidOf(await sign())).toBe(stale);
    const waiting = (await published()).at(-1);
    world.pass(599);
    expect(kidOf(await sign())).toBe(stale);
    world.pass(1);
    expect(kidOf(await sign())).toBe(waiting);
    await maintain();
  });

  test('is maintained when it is due, and not otherwise', async () => {
    await maintain();
    expect(await maintain()).toEqual({ changed: [] });
    const before = await published();
    world.pass(HOUR);
    expect(await maintain()).toEqual({ changed: ['signing'] });
    expect(await published()).toHaveLength(before.length + 1);
  });

  test('maintained stands in the log, by whom and with which keys', async () => {
    world.pass(HOUR);
    await maintain();
    const record = world.platform.on.world.audit.records.findLast(({ operation }) => operation === 'issuer.keys.maintain');
    expect(record).toMatchObject({ phase: 'outcome', outcome: 'success', principal: { method: 'system', id: 'issuer' } });
    expect(record?.facts).toMatchObject({ keys: ['signing'], newKeyIds: [(await published()).at(-1)] });
  });

  test('rotated by hand signs no more at once, and stays published as long as is said', async () => {
    const before = await sign();
    await world.perform('issuer.keys.rotate', { name: 'signing' });
    const after = await sign();
    expect(kidOf(after)).not.toBe(kidOf(before));
    await Promise.all([world.verify(before), world.verify(after)]);
    await world.perform('issuer.keys.rotate', { name: 'signing', verificationTtl: 0 });
    await world.verify(before);
    await expect(world.verify(after)).rejects.toThrow('no applicable key');
  });

  test('rotated by hand where none waits is replaced all the same', async () => {
    world.pass(5 * HOUR);
    const before = kidOf(await sign());
    await world.perform('issuer.keys.rotate', { name: 'signing' });
    expect(kidOf(await sign())).not.toBe(before);
    await maintain();
  });

  test('of another algorithm takes over at once, and what was signed before still verifies', async () => {
    const before = await sign();
    await world.perform('issuer.keys.write', { name: 'signing', algorithm: 'RS256' });
    const after = await sign();
    expect((await world.keySet()).keys.find(({ kid }) => kid === kidOf(after))?.alg).toBe('RS256');
    await Promise.all([world.verify(before), world.verify(after)]);
    await world.perform('issuer.keys.write', { name: 'signing', algorithm: 'ES256' });
    await Promise.all([world.verify(before), world.verify(after), world.verify(await sign())]);
  });

  test('with a shorter period rotates sooner', async () => {
    const before = kidOf(await sign());
    await world.perform('issuer.keys.write', { name: 'signing', rotationPeriod: 1200 });
    world.pass(1200);
    await maintain();
    expect(kidOf(await sign())).not.toBe(before);
    await world.perform('issuer.keys.write', { name: 'signing', rotationPeriod: HOUR });
  });

  test('set may be kept for a part of the time for which new keys wait', async () => {
    expect((await world.keySet()).cacheSeconds).toBe(300);
    await world.perform('issuer.keys.write', { name: 'fast', algorithm: 'ES256', rotationPeriod: 60, verificationTtl: 60 });
    expect((await world.keySet()).cacheSeconds).toBe(15);
    await world.perform('issuer.keys.delete', { name: 'fast' });
  });
});

describe('meanwhile', () => {
  test('a hundred tokens signed while the key rotates verify, every one', async () => {
    const caller = await world.workload();
    const rotations = async () => {
      for (let round = 0; round < 5; round++) await world.perform('issuer.keys.rotate', { name: 'signing' });
    };
    const signing = Array.from({ length: 100 }, async (_none, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 10));
      return (await world.perform('issuer.token', { role: 's3' }, caller)).token;
    });
    const [tokens] = await Promise.all([Promise.all(signing), rotations()]);
    for (const token of tokens) expect((await world.verify(token)).sub).toContain('trainer');
    expect(new Set(tokens.map(kidOf)).size).toBeGreaterThan(1);
  });

  test('two rotations at the same time are one, and the other is asked to come again', async () => {
    const rotate = () => world.perform('issuer.keys.rotate', { name: 'signing' });
    const outcomes = await Promise.allSettled([rotate(), rotate()]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refused).toEqual(['store.raced']);
  });

  test('a rotation that dies before its commit has changed nothing', async () => {
    const { storage } = world.platform.on.world;
    const before = await published();
    const signed = await sign();
    const write = storage.write.bind(storage);
    for (const step of ['before', 'within'] as const) {
      storage.write = (work) =>
        write(async (tx) => {
          if (step === 'within') await work(tx);
          throw new Error('the machine stopped');
        });
      await expect(world.perform('issuer.keys.rotate', { name: 'signing' })).rejects.toMatchObject({ code: 'internal' });
      storage.write = write;
    }
    expect(await published()).toEqual(before);
    await world.verify(signed);
    await world.perform('issuer.keys.rotate', { name: 'signing' });
    await Promise.all([world.verify(signed), world.verify(await sign())]);
  });
});

describe('a row', () => {
  const rows = () =>
    world.platform.on.world.look("select name, sealed from auth_record where collection = 'issuer-key' and name <> ''");

  test('holds no key in clear', async () => {
    const [row] = rows();
    expect(row?.['name']).toBe('signing');
    const text = Buffer.from(row?.['sealed'] as Uint8Array).toString('latin1');
    for (const word of ['PRIVATE', 'kty', 'privateKey', ...(await published())]) expect(text).not.toContain(word);
  });

  test('that was put back as it was before a rotation signs nothing', async () => {
    const { storage } = world.platform.on.world;
    const before = rows()[0]?.['sealed'] as Uint8Array;
    await world.perform('issuer.keys.rotate', { name: 'signing', verificationTtl: 0 });
    await storage.write(async (tx) => {
      await tx.query.updateTable('auth_record').set({ sealed: before }).where('name', '=', 'signing').execute();
    });
    await expect(sign()).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    await expect(world.keySet()).rejects.toMatchObject({ code: 'keyring.rolled-back' });
  });
});
