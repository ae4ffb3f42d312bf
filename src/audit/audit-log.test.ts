import { describe, expect, it } from 'vitest';
import { systemClock } from '../foundation/node-ports.ts';
import { LogReader } from '../transparency/log-reader.ts';
import type { AuditEvent, Projection } from './contract.ts';
import { LOG_DIRECTORY, openTestLog, requestIds, testKeys, testRecord, verifyTestLog } from './testing/log-fixture.ts';
import { SimulatedFiles } from './testing/simulated-files.ts';

const event = (requestId: string) => testRecord({ requestId });

describe('appending', () => {
  it('gives indexes in the order of the calls, one sync for all of one turn', async () => {
    const log = await openTestLog(new SimulatedFiles());
    await log.append(event('first'));
    const before = log.status().syncs;
    const indexes = await Promise.all(Array.from({ length: 100 }, (_, i) => log.append(event(`e${i}`))));
    expect(indexes).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(log.status().syncs - before).toBe(1);
    expect(log.size).toBe(101);
    await log.close();
  });

  it('never resolves before the sync is over', async () => {
    const disk = new SimulatedFiles();
    const log = await openTestLog(disk, { waitMs: 60_000 });
    await log.append(event('first'));
    disk.hanging = true;
    let resolved = false;
    const waiting = log.append(event('second')).then(() => {
      resolved = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([resolved, log.size, (await requestIds(log)).length]).toEqual([false, 1, 1]);
    disk.unhang();
    await waiting;
    expect(log.size).toBe(2);
    await log.close();
  });

  it('works before the keys are there, and what came before them is signed when they come', async () => {
    const disk = new SimulatedFiles();
    const log = await openTestLog(disk);
    await log.append(event('sealed'));
    expect(() => log.digester).toThrow(expect.objectContaining({ code: 'seal.sealed' }));
    expect(log.status().checkpoint).toBeUndefined();
    const keys = testKeys();
    await log.unlock(keys);
    expect(log.status().checkpoint?.size).toBe(1);
    expect(log.digester.value('x')).toContain(':k1:');
    await log.append(event('unsealed'));
    await log.lock();
    expect(log.status().checkpoint?.size).toBe(2);
    expect(() => log.digester).toThrow(expect.objectContaining({ code: 'seal.sealed' }));
    await log.append(event('sealed again'));
    await log.close();
    expect(await verifyTestLog(disk)).toMatchObject({ failure: undefined, events: 3, checkpoints: 2 });
  });

  it('is refused after closing', async () => {
    const log = await openTestLog(new SimulatedFiles());
    await log.close();
    await expect(log.append(event('late'))).rejects.toMatchObject({ code: 'audit.unavailable' });
  });

  it('of a record that cannot be encoded fails alone', async () => {
    const log = await openTestLog(new SimulatedFiles());
    const broken = log.append(testRecord({ facts: { count: Number.NaN } }));
    const whole = log.append(event('whole'));
    await expect(broken).rejects.toMatchObject({ code: 'internal' });
    expect(await whole).toBe(0);
    await log.close();
  });
});

describe('checkpoints', () => {
  it('are signed after so many events', async () => {
    const log = await openTestLog(new SimulatedFiles(), { checkpointEvents: 10 });
    await log.unlock(testKeys());
    for (let i = 0; i < 10; i++) await log.append(event(`e${i}`));
    await expect.poll(() => log.status().checkpoint?.size).toBe(10);
    await log.close();
  });

  it('are signed after some time, but not again when nothing is new', async () => {
    const disk = new SimulatedFiles();
    const log = await openTestLog(disk, { checkpointMs: 10 });
    await log.unlock(testKeys());
    await log.append(event('one'));
    await expect.poll(() => log.status().checkpoint?.size).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await log.close();
    expect((await new LogReader(disk, LOG_DIRECTORY).checkpoints(0)).length).toBe(1);
  });
});

describe('reading', () => {
  it('begins anywhere, over all segments, and gives intents and outcomes back as records', async () => {
    const log = await openTestLog(new SimulatedFiles(), { segmentBytes: 1_000 });
    for (let i = 0; i < 10; i++) await log.append(testRecord({ requestId: `e${i}`, phase: i === 7 ? 'intent' : 'complete' }));
    for (const from of [0, 3, 9])
      expect(await requestIds(log, from)).toEqual(Array.from({ length: 10 - from }, (_, i) => `e${i + from}`));
    expect(await requestIds(log, 10)).toEqual([]);
    for await (const { index, event: found } of log.read(6)) {
      const record = log.decode(found);
      expect(record?.requestId).toBe(index === 7 ? 'e7' : undefined);
    }
    await log.close();
  });
});

/** Keeps what it takes, and its cursor with it; fails when it is told to. */
class Recording implements Projection {
  readonly name = 'recording';
  readonly taken: number[] = [];
  failures = 0;
  next = 0;
  async cursor(): Promise<number> {
    return this.next;
  }
  readonly concerns?: string;
  constructor(concerns?: string) {
    if (concerns !== undefined) this.concerns = concerns;
  }
  async take(first: number, events: readonly (AuditEvent | undefined)[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('cannot take');
    }
    expect(first).toBe(this.next);
    const read = events.filter((one) => one !== undefined);
    this.taken.push(...read.map((one) => (one['metadata'] as { sequence: number }).sequence));
    this.next += events.length;
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a projection', () => {
  it('is given each event once, in order, while others are appended', async () => {
    const log = await openTestLog(new SimulatedFiles(), { segmentBytes: 20_000 });
    const projection = new Recording();
    log.addProjection(projection);
    for (let round = 0; round < 20; round++) await Promise.all(upTo(30).map((i) => log.append(event(`${round}-${i}`))));
    await log.drain();
    expect(projection.taken).toEqual(upTo(600));
    await log.append(event('one more'));
    await log.drain();
    expect(projection.taken).toEqual(upTo(601));
    await log.close();
  });

  it('goes on from its own cursor after a restart', async () => {
    const disk = new SimulatedFiles();
    const projection = new Recording();
    for (let start = 1; start <= 3; start++) {
      const log = await openTestLog(disk);
      log.addProjection(projection);
      await log.append(event(`start ${start}`));
      await log.drain();
      await log.close();
    }
    expect(projection.taken).toEqual([0, 1, 2]);
  });

  it('that is concerned by some events is given those alone, from memory and from the files', async () => {
    const disk = new SimulatedFiles();
    const log = await openTestLog(disk);
    const [live, later] = [new Recording('"odd-'), new Recording('"odd-')];
    log.addProjection(live);
    for (const i of upTo(300)) await log.append(event(i % 2 === 0 ? `even-${i}` : `odd-${i}`));
    await log.drain();
    await log.close();
    const again = await openTestLog(disk);
    again.addProjection(later);
    await again.drain();
    const odd = upTo(300).filter((i) => i % 2 === 1);
    expect([live.taken, live.next, later.taken, later.next]).toEqual([odd, 300, odd, 300]);
    await again.close();
  });

  it('that fails is tried again, and stops neither appends nor other projections', async () => {
    const log = await openTestLog(new SimulatedFiles());
    const [failing, sound] = [new Recording(), new Recording()];
    failing.failures = 2;
    log.addProjection(failing);
    log.addProjection(sound);
    expect(await log.append(event('one'))).toBe(0);
    await expect.poll(() => failing.taken, { timeout: 2_000 }).toEqual([0]);
    expect(sound.taken).toEqual([0]);
    failing.failures = 1;
    await log.append(event('two'));
    await expect(log.drain()).rejects.toThrow('cannot take');
    await log.close();
  });

  it('that was further than the log is never fed', async () => {
    const log = await openTestLog(new SimulatedFiles());
    const projection = new Recording();
    projection.next = 5;
    log.addProjection(projection);
    await log.append(event('one'));
    await expect(log.drain()).rejects.toMatchObject({ code: 'audit.tampered' });
    await log.close();
    expect(projection.taken).toEqual([]);
  });

  it('that hangs keeps nobody from closing', async () => {
    const log = await openTestLog(new SimulatedFiles(), {}, systemClock);
    log.addProjection({ name: 'hanging', cursor: async () => 0, take: () => new Promise(() => {}) });
    await log.append(event('one'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await log.close();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
