import { describe, expect, test } from 'vitest';
import type { SimulatedFiles } from '../../src/audit/testing/simulated-files.ts';
import { isWatchwordError } from '../../src/foundation/errors.ts';
import type { AppendFile, Files } from '../../src/foundation/ports.ts';
import { BrokenPromise } from './ledger.ts';
import { PowerCutTrial } from './power-cut.ts';
import { Seeded } from './seeded.ts';

/** The same disk, where `sync` of the events (or of the folder) is claimed and not done. */
function neglecting(disk: SimulatedFiles, what: 'events' | 'folder'): Files {
  return new Proxy<Files>(disk, {
    get(target, name: keyof Files) {
      if (name === 'syncDirectory' && what === 'folder') return async () => {};
      if (name === 'openAppend' && what === 'events') {
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

/** Lives of one store until a promise is broken. @returns what was broken */
async function firstBreach(seed: number, lives: number, wrap: (disk: SimulatedFiles) => Files): Promise<string | undefined> {
  const trial = await PowerCutTrial.begin(new Seeded(seed), { wrap });
  try {
    for (let life = 0; life < lives; life++) await trial.life();
    return undefined;
  } catch (error) {
    if (error instanceof BrokenPromise || isWatchwordError(error, 'audit.tampered')) return error.message;
    throw error;
  } finally {
    await trial.end();
  }
}

describe('after a power cut', () => {
  test('what was acknowledged is there, in the store and in the log', { timeout: 120_000 }, async () => {
    const trial = await PowerCutTrial.begin(new Seeded(7));
    for (let life = 0; life < 6; life++) await trial.life();
    await trial.end();
    expect(trial.answered).toBeGreaterThan(50);
  });

  test('it is there also when the disk was full, failed or hung before', { timeout: 120_000 }, async () => {
    const trial = await PowerCutTrial.begin(new Seeded(8), { troubled: true });
    for (let life = 0; life < 6; life++) await trial.life();
    await trial.end();
    expect(trial.answered).toBeGreaterThan(50);
  });

  test.for(['events', 'folder'] as const)('it would not be without the sync of the %s', { timeout: 120_000 }, async (what) => {
    const breaches = [];
    for (let seed = 1; seed <= 4 && breaches.length === 0; seed++) {
      const breach = await firstBreach(seed, 3, (disk) => neglecting(disk, what));
      if (breach !== undefined) breaches.push(breach);
    }
    expect(breaches).not.toEqual([]);
  });
});
