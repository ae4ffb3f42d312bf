import { describe, expect, it } from 'vitest';
import type { AppendFile, Files } from '../foundation/ports.ts';
import type { OpenAuditLog } from './contract.ts';
import { openTestLog, requestIds, testKeys, testRecord, verifyTestLog } from './testing/log-fixture.ts';
import { SimulatedFiles, seededRandom } from './testing/simulated-files.ts';

/** A room-sized life of a log: bursts of events from several callers, small segments, frequent checkpoints. */
const SMALL = { segmentBytes: 3_000, checkpointEvents: 5, waitMs: 60_000 };
const keys = testKeys();

type Wrapper = (disk: SimulatedFiles) => Files;
const asItIs: Wrapper = (disk) => disk;

/** The same port with one operation that does nothing. */
function withoutSync(disk: SimulatedFiles, neglect: 'events' | 'directory'): Files {
  return new Proxy<Files>(disk, {
    get(target, name: keyof Files) {
      if (name === 'syncDirectory' && neglect === 'directory') return async () => {};
      if (name === 'openAppend' && neglect === 'events') {
        return async (path: string): Promise<AppendFile> => {
          const file = await target.openAppend(path);
          if (path.endsWith('.events')) file.sync = async () => {};
          return file;
        };
      }
      return (target[name] as (...args: unknown[]) => unknown).bind(target);
    },
  });
}

interface Acknowledged {
  readonly events: { readonly index: number; readonly id: string }[];
  /** Size at the last checkpoint that the log said it had stored. */
  checkpoint: number;
}

/** Now and then the disk fails before it crashes: full, erring, hanging. */
function trouble(disk: SimulatedFiles, random: () => number): void {
  const kind = Math.floor(random() * 40);
  if (kind === 0) disk.failingSyncs = 1 + Math.floor(random() * 3);
  else if (kind === 1) disk.space = Math.floor(random() * 1_500);
  else if (kind === 2) disk.failingTruncations = 1;
  else if (kind < 8) disk.space = Number.POSITIVE_INFINITY;
  else if (kind === 8) disk.hanging = true;
  else if (kind < 14) disk.unhang();
}

/** Appends until the power is cut; gives what was acknowledged by then. */
async function workUntilCrash(disk: SimulatedFiles, wrap: Wrapper, seed: number, troubled: boolean): Promise<Acknowledged> {
  const random = seededRandom(seed);
  const acknowledged: Acknowledged = { events: [], checkpoint: 0 };
  let log: OpenAuditLog | undefined;
  const opening = openTestLog(wrap(disk), SMALL).then(async (opened) => {
    if (seed % 3 !== 0) await opened.unlock(keys);
    log = opened;
  });
  opening.catch(() => {});
  for (let turn = 0; turn < 400 && !disk.crashed; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!disk.crashed) acknowledged.checkpoint = log?.status().checkpoint?.size ?? 0;
    if (troubled && log !== undefined) trouble(disk, random);
    for (let burst = Math.floor(random() * 4); log !== undefined && burst > 0; burst--) {
      const id = `${seed}-${turn}-${burst}`;
      const seen = (index: number) => {
        if (!disk.crashed) acknowledged.events.push({ index, id });
      };
      log.append(testRecord({ requestId: id })).then(seen, () => {});
    }
  }
  return acknowledged;
}

/** One crash at a random operation, then a start on what the disk kept. Gives how many acknowledged events are missing. */
async function lostAfterCrash(wrap: Wrapper, seed: number, troubled = false): Promise<number> {
  const random = seededRandom(seed * 7919);
  const disk = new SimulatedFiles(seed);
  disk.crashAt = 5 + Math.floor(random() * 300);
  const acknowledged = await workUntilCrash(disk, wrap, seed, troubled);
  const after = seed % 5 === 0 ? disk.restart() : disk.crash();
  const log = await openTestLog(after, SMALL);
  expect(log.status().checkpoint?.size ?? 0).toBeGreaterThanOrEqual(acknowledged.checkpoint);
  const ids = await requestIds(log);
  await log.unlock(keys);
  expect(await log.append(testRecord({ requestId: 'after' }))).toBe(ids.length);
  await log.close();
  const report = await verifyTestLog(after);
  expect(report.failure).toBeUndefined();
  expect(report.events).toBe(ids.length + 1);
  return acknowledged.events.filter(({ index, id }) => ids[index] !== id).length;
}

async function lostInRounds(wrap: Wrapper, rounds: number): Promise<number> {
  let lost = 0;
  for (let seed = 1; seed <= rounds; seed++) lost += await lostAfterCrash(wrap, seed).catch(() => 1);
  return lost;
}

describe('after a crash at any point', () => {
  it('every acknowledged event is there, at its index, and the log verifies', { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= 100; seed++) expect({ seed, lost: await lostAfterCrash(asItIs, seed) }).toEqual({ seed, lost: 0 });
  });

  it('of a disk that failed before, too', { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= 100; seed++)
      expect({ seed, lost: await lostAfterCrash(asItIs, seed, true) }).toEqual({ seed, lost: 0 });
  });

  it('events are missed by a writer that does not sync them: the test can fail', { timeout: 60_000 }, async () => {
    expect(await lostInRounds((disk) => withoutSync(disk, 'events'), 30)).toBeGreaterThan(0);
  });

  it('events are missed by a writer that does not sync the directory: the test can fail', { timeout: 60_000 }, async () => {
    expect(await lostInRounds((disk) => withoutSync(disk, 'directory'), 30)).toBeGreaterThan(0);
  });

  it('a second crash takes nothing that the first start believed', { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const disk = new SimulatedFiles(seed);
      disk.crashAt = 40 + seed * 3;
      await workUntilCrash(disk, asItIs, seed, false);
      const restarted = disk.restart();
      const log = await openTestLog(restarted, SMALL);
      const ids = await requestIds(log);
      const again = await openTestLog(restarted.crash(), SMALL);
      expect((await requestIds(again)).slice(0, ids.length)).toEqual(ids);
    }
  });
});
