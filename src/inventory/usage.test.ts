import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { AuditEvent, AuditRecord } from '../audit/contract.ts';
import { decodeEvent, openAuditLog } from '../audit/index.ts';
import { nodeFiles } from '../foundation/node-files.ts';
import { systemClock } from '../foundation/node-ports.ts';
import { silentLogger } from '../foundation/ports.ts';
import { openTemporaryStorage } from '../storage/testing/temporary-storage.ts';
import { KEPT_MEMBERS } from './credential-record.ts';
import { inventoryMigrations, UsageProjection } from './index.ts';
import { retrievalOf } from './retrieval.ts';
import { addRetrieval, type UsageCount } from './usage-count.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 10, 12);

/** An event that stands for its record: the log's own encoding is not what is tested here. */
const eventOf = (record: AuditRecord | undefined): AuditEvent => ({ record });
const decode = (event: AuditEvent) => event['record'] as AuditRecord | undefined;

function read({ session = 's', workload = 'w', version = 1, path = 'a', time = START, mount = 'm' } = {}): AuditRecord {
  return {
    phase: 'complete',
    class: 'retrieval',
    activity: 'read',
    operation: 'kv.read',
    outcome: 'success',
    time,
    requestId: 'r',
    principal: { method: 'jwt', id: workload, displayName: '', namespace: 'root', session, policies: [], attributes: {} },
    namespace: 'root',
    path: `${mount}/data/${path}`,
    mount: { id: mount, path: `${mount}/`, kind: 'kv' },
    facts: { path, version },
    responseDigests: [],
  };
}

async function openUsage() {
  const temporary = await openTemporaryStorage(inventoryMigrations);
  const projection = new UsageProjection({ storage: temporary.storage, decode });
  return {
    projection,
    storage: temporary.storage,
    take: (first: number, records: readonly (AuditRecord | undefined)[]) => projection.take(first, records.map(eventOf)),
    usage: (path = 'a', mount = 'm') => projection.credential(temporary.storage.reader, mount, path),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

describe('what counts', () => {
  test('a credential that was never retrieved has no usage', async () => {
    await using opened = await openUsage();
    expect(await opened.usage()).toEqual({ total: undefined, versions: [], sessions: [], workloads: [], countedUpTo: 0 });
  });

  test('first and last retrieval, number and UTC days, for each version, session and workload', async () => {
    await using opened = await openUsage();
    const late = START + 3 * DAY;
    await opened.take(0, [read(), read({ version: 2, session: 't', time: late }), read({ time: START + 1000 })]);
    const all = { firstUsed: START, lastUsed: late, count: 3, days: 2 };
    const one = { firstUsed: START, lastUsed: START + 1000, count: 2, days: 1 };
    const two = { firstUsed: late, lastUsed: late, count: 1, days: 1 };
    expect(await opened.usage()).toEqual({
      total: all,
      versions: [
        { version: 1, ...one },
        { version: 2, ...two },
      ],
      sessions: [
        { session: 's', ...one },
        { session: 't', ...two },
      ],
      workloads: [{ workload: 'jwt:w', ...all }],
      countedUpTo: 3,
    });
  });

  test.each<[string, Partial<AuditRecord>]>([
    ['a denied read', { outcome: 'denied', responseDigests: undefined }],
    ['a failed read', { outcome: 'failure' }],
    ['an intent', { phase: 'intent', outcome: 'pending' }],
    ['an outcome nobody knows', { phase: 'outcome', outcome: 'unknown' }],
    ['a read of the metadata', { operation: 'kv.metadata.read', class: 'entity-change' }],
    ['a write', { operation: 'kv.write', class: 'entity-change' }],
    ['a read that found nothing', { responseDigests: undefined }],
    ['a read of a deleted version', { facts: { path: 'a', version: 1, withheld: true } }],
    ['an unwrapping', { operation: 'wrapping.unwrap', facts: undefined }],
  ])('%s is no retrieval', (_name, difference) => {
    expect(retrievalOf({ ...read(), ...difference })).toBeUndefined();
  });

  test('a wrapped read counts once, by its outcome', async () => {
    await using opened = await openUsage();
    const intent: AuditRecord = { ...read(), phase: 'intent', outcome: 'pending' };
    await opened.take(0, [intent, { ...read(), phase: 'outcome', intent: 0 }]);
    expect((await opened.usage()).total?.count).toBe(1);
  });

  test('an unversioned secret has no versions', async () => {
    await using opened = await openUsage();
    await opened.take(0, [{ ...read(), operation: 'kv1.read', facts: { path: 'a' } }]);
    expect(await opened.usage()).toMatchObject({ total: { count: 1 }, versions: [], sessions: [{ count: 1 }] });
  });

  test('the same path in another mount is another credential', async () => {
    await using opened = await openUsage();
    await opened.take(0, [read(), read({ mount: 'n' }), read({ mount: 'n' })]);
    expect([(await opened.usage()).total?.count, (await opened.usage('a', 'n')).total?.count]).toEqual([1, 2]);
  });

  test('what cannot be decoded is passed over', async () => {
    await using opened = await openUsage();
    await opened.take(0, [undefined, read()]);
    expect(await opened.usage()).toMatchObject({ total: { count: 1 }, countedUpTo: 2 });
  });
});

describe('days', () => {
  const count = (days: readonly number[]) =>
    days.reduce<UsageCount | undefined>((before, day) => addRetrieval(before, START + day * DAY), undefined);

  test('each is counted once, in whatever order they come within a month', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 }), (days) => {
        expect(count(days)?.days).toBe(new Set(days).size);
      }),
    );
  });

  test('each is counted once in order, however far apart', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 60 }), (days) => {
        expect(count(days.toSorted((a, b) => a - b))?.days).toBe(new Set(days).size);
      }),
    );
  });

  test('a day more than a month behind is not counted again', () => {
    expect(count([0, 100, 0])?.days).toBe(2);
  });
});

const record = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({
        session: fc.constantFrom('s', 't', ''),
        workload: fc.constantFrom('w', 'x'),
        version: fc.integer({ min: 1, max: 3 }),
        path: fc.constantFrom('a', 'a/b'),
        mount: fc.constantFrom('m', 'n'),
        time: fc.integer({ min: 0, max: 30 * DAY }).map((offset) => START + offset),
      })
      .map(read),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant({ ...read(), outcome: 'denied' as const }) },
);

/** Counted by hand from the whole log. */
function recount(records: readonly (AuditRecord | undefined)[], mount: string, path: string) {
  const retrievals = records.map(retrievalOf);
  const usage = <Name extends string>(
    name: Name,
    member: (one: NonNullable<(typeof retrievals)[number]>) => string | number | undefined,
  ) => {
    const members = new Map<string | number, { times: number[]; last: number }>();
    for (const [index, one] of retrievals.entries()) {
      if (one === undefined || one.mountId !== mount || one.path !== path) continue;
      const key = member(one);
      if (key === undefined) continue;
      const seen = members.get(key) ?? { times: [], last: 0 };
      members.set(key, { times: [...seen.times, one.time], last: index });
    }
    return [...members]
      .toSorted(([, a], [, b]) => b.last - a.last)
      .map(([key, { times }]) => ({
        [name]: key,
        firstUsed: Math.min(...times),
        lastUsed: Math.max(...times),
        count: times.length,
        days: new Set(times.map((time) => Math.floor(time / DAY))).size,
      }));
  };
  const [total] = usage('', () => '');
  return {
    total:
      total === undefined
        ? undefined
        : { firstUsed: total['firstUsed'], lastUsed: total['lastUsed'], count: total['count'], days: total['days'] },
    versions: usage('version', (one) => one.version),
    sessions: usage('session', (one) => one.session),
    workloads: usage('workload', (one) => one.workload),
    countedUpTo: records.length,
  };
}

describe('the projection', () => {
  test('equals a recount, for every split into batches and every repetition of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 60 }),
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 20 }), back: fc.nat({ max: 12 }), twice: fc.boolean() }), {
          maxLength: 30,
        }),
        async (records, deliveries) => {
          await using opened = await openUsage();
          let next = 0;
          for (const { size, back, twice } of deliveries) {
            const first = Math.max(0, next - back);
            const batch = records.slice(first, next + size);
            await opened.take(first, batch);
            if (twice) await opened.take(first, batch);
            next = Math.max(next, first + batch.length);
            expect(await opened.projection.cursor()).toBe(next);
          }
          await opened.take(next, records.slice(next));
          for (const mount of ['m', 'n']) {
            for (const path of ['a', 'a/b']) expect(await opened.usage(path, mount)).toEqual(recount(records, mount, path));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses to leave a gap, and counts nothing then', async () => {
    await using opened = await openUsage();
    await opened.take(0, [read()]);
    await expect(opened.take(2, [read()])).rejects.toMatchObject({ code: 'internal' });
    expect(await opened.usage()).toMatchObject({ total: { count: 1 }, countedUpTo: 1 });
  });

  test('a batch that fails half-way leaves counts and cursor as they were', async () => {
    await using opened = await openUsage();
    await opened.take(0, [read()]);
    await opened.storage.write(async ({ query }) => {
      await query.schema.alterTable('usage_cursor').renameTo('elsewhere').execute();
      await query.schema
        .createTable('usage_cursor')
        .addColumn('projection', 'text')
        .addColumn('next_event', 'bigint', (column) => column.check(sql`next_event < 2`))
        .execute();
      await query.insertInto('usage_cursor').values({ projection: 'usage', next_event: 1 }).execute();
    });
    await expect(opened.take(1, [read()])).rejects.toMatchObject({ code: 'storage.unavailable' });
    expect(await opened.usage()).toMatchObject({ total: { count: 1 }, countedUpTo: 1 });
  });

  test('two deliveries at the same time count once', async () => {
    await using opened = await openUsage();
    await Promise.all([opened.take(0, [read(), read()]), opened.take(0, [read(), read(), read()])]);
    expect(await opened.usage()).toMatchObject({ total: { count: 3 }, countedUpTo: 3 });
  });

  test('is made anew from the log after a rebuild', async () => {
    await using opened = await openUsage();
    const log = [read(), read({ session: 't' }), read({ time: START + DAY })];
    await opened.take(0, log);
    const before = await opened.usage();
    await opened.projection.rebuild();
    expect(await opened.usage()).toMatchObject({ total: undefined, countedUpTo: 0 });
    await expect(opened.take(3, [read()])).rejects.toMatchObject({ code: 'internal' });
    await opened.take(0, log);
    expect(await opened.usage()).toEqual(before);
  });
});

describe('fed by the log itself', () => {
  test('it counts what was appended, and goes on after a restart and a rebuild', async () => {
    await using temporary = await openTemporaryStorage(inventoryMigrations);
    const { storage, directory } = temporary;
    const openLog = async () => {
      const log = await openAuditLog({
        files: nodeFiles,
        directory: join(directory, 'audit'),
        clock: systemClock,
        logger: silentLogger,
      });
      const projection = new UsageProjection({ storage, decode: decodeEvent });
      log.addProjection(projection);
      return { log, projection, [Symbol.asyncDispose]: () => log.close() };
    };
    const counted = async ({ log, projection }: Awaited<ReturnType<typeof openLog>>) => {
      await log.drain();
      const { total, workloads, countedUpTo } = await projection.credential(storage.reader, 'm', 'a');
      return [total?.count, workloads[0]?.workload, countedUpTo];
    };
    {
      await using opened = await openLog();
      await Promise.all(
        [read(), read({ path: 'b' }), { ...read(), outcome: 'denied' as const }].map((one) => opened.log.append(one)),
      );
      expect(await counted(opened)).toEqual([1, 'jwt:w', 3]);
    }
    await using opened = await openLog();
    await opened.log.append(read());
    expect(await counted(opened)).toEqual([2, 'jwt:w', 4]);
    await opened.projection.rebuild();
    await opened.log.append(read());
    await opened.log.drain().catch(() => {});
    await expect.poll(() => opened.projection.cursor()).toBe(5);
    expect(await counted(opened)).toEqual([3, 'jwt:w', 5]);
  });
});

describe('a credential that everybody reads', () => {
  test(`keeps the ${KEPT_MEMBERS} sessions that came last, and its total is complete`, async () => {
    await using opened = await openUsage();
    const records = Array.from({ length: 3 * KEPT_MEMBERS }, (_, index) => read({ session: `s${index}` }));
    for (let first = 0; first < records.length; first += 70) await opened.take(first, records.slice(first, first + 70));
    const { total, sessions, workloads } = await opened.usage();
    expect(total?.count).toBe(3 * KEPT_MEMBERS);
    expect(workloads).toMatchObject([{ count: 3 * KEPT_MEMBERS }]);
    const last = records.slice(-KEPT_MEMBERS).map((one) => one.principal?.session);
    expect(sessions.map(({ session }) => session)).toEqual(last.toReversed());
  });

  test('a session that goes on being seen is never forgotten', async () => {
    await using opened = await openUsage();
    const records = Array.from({ length: 6 * KEPT_MEMBERS }, (_, index) =>
      read({ session: index % 50 === 0 ? 'daily' : `s${index}` }),
    );
    for (let first = 0; first < records.length; first += 64) await opened.take(first, records.slice(first, first + 64));
    expect((await opened.usage()).sessions.find(({ session }) => session === 'daily')).toMatchObject({
      count: (6 * KEPT_MEMBERS) / 50,
    });
  });
});
