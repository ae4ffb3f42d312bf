import { describe, expect, inject, test } from 'vitest';
import { LeaseTrial } from './leases/lease-trial.ts';
import { OutageTrial } from './leases/outage.ts';
import { crashTargets } from './leases/targets.ts';
import { Seeded } from './seeded.ts';

const ROUNDS = 6;
const OUTAGE_MS = 4000;

const targets = crashTargets(inject('services'));

/** Mostly waiting, so all at once. */
const settings = { concurrent: true, timeout: 180_000 };

describe('leases', () => {
  for (const [engine, start] of Object.entries(targets)) {
    test.skipIf(start === undefined)(
      `of ${engine} are not lost by kills, and nothing is orphaned or left alive`,
      settings,
      async () => {
        if (start === undefined) return;
        const target = await start();
        const trial = await LeaseTrial.begin(target, new Seeded(20_260_104));
        try {
          for (let round = 0; round < ROUNDS; round++) await trial.round();
          await trial.end({ patient: false });
          expect([...trial.kills.values()].reduce((sum, kills) => sum + kills, 0)).toBe(ROUNDS);
          expect(trial.book.issued).toBeGreaterThan(0);
        } finally {
          await trial.abandon();
          await target.stop();
        }
      },
    );
  }

  const start = targets['postgresql'];
  test.skipIf(start === undefined)(
    'of a target that was out of reach are cleared afterwards, and no other target suffers',
    settings,
    async () => {
      if (start === undefined) return;
      const targets = [await start(), await start()] as const;
      const trial = await OutageTrial.begin(...targets);
      try {
        for (const weather of ['down', 'cut'] as const) {
          const { askedMeanwhile, answeredMeanwhile, elsewhere } = await trial.pass(weather, OUTAGE_MS);
          expect(askedMeanwhile).toBeGreaterThan(answeredMeanwhile);
          expect(elsewhere).toBeGreaterThan(0);
        }
      } finally {
        await trial.end();
        for (const target of targets) await target.stop();
      }
    },
  );
});
