import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttemptLimiter } from './attempt-limiter.ts';
import { TestClock } from './testing/test-door.ts';

const limits = { burst: 3, secondsPerTry: 10, loggedPerSecond: 1e9 };

describe('refused tries', () => {
  test('of one source at one role are at most burst and rate, in any stretch of time', () => {
    const step = fc.tuple(fc.nat({ max: 20_000 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new TestClock();
        const limiter = new AttemptLimiter(clock, limits);
        const tried: number[] = [];
        for (const [wait, times] of steps) {
          clock.time += wait;
          for (let i = 0; i < times; i++) {
            if (!limiter.mayTry('192.0.2.1', 'a')) continue;
            limiter.refused('192.0.2.1', 'a');
            tried.push(clock.time);
          }
        }
        for (let i = 0; i < tried.length; i++) {
          for (let j = i; j < tried.length; j++) {
            const seconds = ((tried[j] ?? 0) - (tried[i] ?? 0)) / 1000;
            expect(j - i + 1).toBeLessThanOrEqual(limits.burst + seconds / limits.secondsPerTry + 1 + 1e-6);
          }
        }
      }),
    );
  });

  test('lock out nobody else: neither other sources, nor the same one at another role', () => {
    const limiter = new AttemptLimiter(new TestClock(), limits);
    for (let i = 0; i < 100; i++) limiter.refused('192.0.2.1', 'a');
    expect(limiter.mayTry('192.0.2.1', 'a')).toBe(false);
    expect(limiter.mayTry('192.0.2.2', 'a')).toBe(true);
    expect(limiter.mayTry('192.0.2.1', 'b')).toBe(true);
  });

  test('of one IPv6 network count together, since one host has all of it', () => {
    const limiter = new AttemptLimiter(new TestClock(), limits);
    for (let i = 0; i < 3; i++) limiter.refused(`2001:db8:1:2::${i}`, 'a');
    expect(limiter.mayTry('2001:db8:1:2:ffff::1', 'a')).toBe(false);
    expect(limiter.mayTry('2001:db8:1:3::1', 'a')).toBe(true);
  });

  test('of ever new roles and sources take bounded memory, and free nobody who tries on', () => {
    const limiter = new AttemptLimiter(new TestClock(), limits);
    for (let i = 0; i < 200_000; i++) {
      if (i % 1000 < 3) limiter.refused('192.0.2.1', 'victim');
      limiter.refused(`198.51.${i % 256}.${(i >> 8) % 256}`, `role ${i}`);
    }
    expect(limiter.mayTry('192.0.2.1', 'victim')).toBe(false);
  });

  test('never end in the past: a source that waited long begins anew', () => {
    const clock = new TestClock();
    const limiter = new AttemptLimiter(clock, limits);
    for (let i = 0; i < 3; i++) limiter.refused('192.0.2.1', 'a');
    clock.time += 1e9;
    for (let i = 0; i < 3; i++) {
      expect(limiter.mayTry('192.0.2.1', 'a')).toBe(true);
      limiter.refused('192.0.2.1', 'a');
    }
    expect(limiter.mayTry('192.0.2.1', 'a')).toBe(false);
  });

  test('beyond the share of the log are counted instead', () => {
    const clock = new TestClock();
    const limiter = new AttemptLimiter(clock, { ...limits, loggedPerSecond: 2 });
    const spoken = Array.from({ length: 5 }, (_one, i) => limiter.refused(`192.0.2.${i}`, 'a'));
    expect(spoken).toEqual([true, true, false, false, false]);
    clock.time += 1000;
    expect(limiter.refused('192.0.2.9', 'a')).toBe(true);
    expect([limiter.takeRefused(), limiter.takeRefused()]).toEqual([3, 0]);
  });
});
