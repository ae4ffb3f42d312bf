import { describe, expect, it } from 'vitest';
import type { OpenAuditLog } from './contract.ts';
import { openTestLog, requestIds, testKeys, testRecord, verifyTestLog } from './testing/log-fixture.ts';
import { SimulatedFiles } from './testing/simulated-files.ts';

const event = (requestId: string) => testRecord({ requestId });
const refused = { code: 'audit.unavailable' };

async function openWithOne(disk: SimulatedFiles, options = {}): Promise<OpenAuditLog> {
  const log = await openTestLog(disk, options);
  await log.unlock(testKeys());
  await log.append(event('first'));
  return log;
}

async function holds(disk: SimulatedFiles, log: OpenAuditLog, ids: string[]): Promise<void> {
  expect(await requestIds(log)).toEqual(ids);
  await log.close();
  const report = await verifyTestLog(disk);
  expect(report.failure).toBeUndefined();
  expect(report.events).toBe(ids.length);
}

describe('a full disk', () => {
  it('refuses, and serves again by itself when there is space', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.space = 100;
    const two = await Promise.allSettled([log.append(event('lost-1')), log.append(event('lost-2'))]);
    expect(two).toMatchObject([{ reason: refused }, { reason: refused }]);
    expect(log.status().unavailableSince).toBeDefined();
    await expect(log.append(event('lost-3'))).rejects.toMatchObject(refused);
    disk.space = Number.POSITIVE_INFINITY;
    expect(await log.append(event('second'))).toBe(1);
    expect(log.status().unavailableSince).toBeUndefined();
    await holds(disk, log, ['first', 'second']);
  });

  it('recovers also when the half-written batch could not be removed at first', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.space = 100;
    disk.failingTruncations = 2;
    await expect(log.append(event('lost-1'))).rejects.toMatchObject(refused);
    disk.space = Number.POSITIVE_INFINITY;
    await expect(log.append(event('lost-2'))).rejects.toMatchObject(refused);
    expect(await log.append(event('second'))).toBe(1);
    await holds(disk, log, ['first', 'second']);
  });

  it('when a new segment cannot be made refuses, and makes it later', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk, { segmentBytes: 100 });
    disk.space = 0;
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    disk.space = 10;
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    disk.space = Number.POSITIVE_INFINITY;
    expect(await log.append(event('second'))).toBe(1);
    await holds(disk, log, ['first', 'second']);
  });

  it('does not keep the log from being opened', async () => {
    for (const unlocked of [false, true]) {
      const disk = new SimulatedFiles();
      const before = await openTestLog(disk);
      if (unlocked) await before.unlock(testKeys());
      await before.append(event('first'));
      const restarted = disk.restart();
      restarted.space = 0;
      const log = await openTestLog(restarted);
      await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
      restarted.space = Number.POSITIVE_INFINITY;
      expect(await log.append(event('second'))).toBe(1);
      await holds(restarted, log, ['first', 'second']);
    }
  });

  it('for the checkpoint alone disturbs no event; the next one is whole', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    const before = disk.space;
    disk.space = 700;
    await log.append(event('second'));
    await log.lock();
    disk.space = before;
    await log.append(event('third'));
    await holds(disk, log, ['first', 'second', 'third']);
  });
});

describe('a failing sync', () => {
  it('refuses, ends the segment and goes on in a new one', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.failingSyncs = 1;
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    expect(await log.append(event('second'))).toBe(1);
    expect((await disk.list('/log')).filter((name) => name.endsWith('.events'))).toHaveLength(2);
    await holds(disk, log, ['first', 'second']);
  });

  it('never makes lost bytes durable: what is acknowledged afterwards survives a crash', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    const acknowledged = ['first'];
    const tryOne = async (id: string) => {
      const [outcome] = await Promise.allSettled([log.append(event(id))]);
      if (outcome?.status === 'fulfilled') acknowledged.push(id);
    };
    for (const failures of [1, 2, 3, 5]) {
      // Syncs of index and checkpoints beside the events may meet some of the failures.
      for (disk.failingSyncs = failures; disk.failingSyncs > 0; ) await tryOne(`during-${failures}`);
      await tryOne(`after-${failures}`);
    }
    expect(acknowledged).toEqual(expect.arrayContaining(['after-1', 'after-2', 'after-3', 'after-5']));
    const again = await openTestLog(disk.crash());
    expect(await requestIds(again)).toEqual(acknowledged);
  });

  it('at the very first event leaves a log that can begin', async () => {
    const disk = new SimulatedFiles();
    const log = await openTestLog(disk);
    disk.failingSyncs = 2;
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    expect(await log.append(event('first'))).toBe(0);
    await holds(disk, log, ['first']);
  });
});

describe('a hanging sync', () => {
  it('refuses within the bound, then at once, and nothing that was refused is in the log', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.hanging = true;
    const began = performance.now();
    const waiting = [log.append(event('lost-1'))];
    await new Promise((resolve) => setTimeout(resolve, 20));
    waiting.push(log.append(event('lost-2')));
    expect(await Promise.allSettled(waiting)).toMatchObject([{ reason: refused }, { reason: refused }]);
    expect(performance.now() - began).toBeLessThan(400);
    const now = performance.now();
    await expect(log.append(event('lost-3'))).rejects.toMatchObject(refused);
    expect(performance.now() - now).toBeLessThan(20);
    disk.unhang();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await log.append(event('second'))).toBe(1);
    await holds(disk, log, ['first', 'second']);
  });

  it('that succeeds late leaves nothing, even if nobody appends any more', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.hanging = true;
    await expect(log.append(event('lost'))).rejects.toMatchObject(refused);
    disk.unhang();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await holds(disk, log, ['first']);
    expect(await requestIds(await openTestLog(disk.crash()))).toEqual(['first']);
  });

  it('keeps nobody from sealing or closing', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.hanging = true;
    log.append(event('lost')).catch(() => {});
    const began = performance.now();
    await log.lock();
    await log.close();
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('a queue that only grows', () => {
  it('is bounded: what does not fit is refused at once', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    disk.hanging = true;
    const outcomes = Array.from({ length: 20_000 }, (_, i) => log.append(event(`e${i}`)));
    const settled = await Promise.allSettled(outcomes);
    expect(settled.every((one) => one.status === 'rejected')).toBe(true);
    expect(log.size).toBe(1);
  });

  it('an event beyond any bound is refused alone', async () => {
    const disk = new SimulatedFiles();
    const log = await openWithOne(disk);
    const huge = log.append(testRecord({ path: 'x'.repeat(2 ** 20) }));
    const [refusal, index] = await Promise.allSettled([huge, log.append(event('second'))]);
    expect(refusal).toMatchObject({ reason: { code: 'request.too-large' } });
    expect(index).toMatchObject({ value: 1 });
    await holds(disk, log, ['first', 'second']);
  });
});
