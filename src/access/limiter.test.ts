import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressGroup, Limiter, type LimiterOptions } from './limiter.ts';
import { TestClock } from './testing/test-door.ts';

const open: LimiterOptions = { perSecond: 2, burst: 5, totalPerSecond: 1e9, totalBurst: 1e9 };

describe('strangers', () => {
  test('never get more than burst and rate allow, in any stretch of time', () => {
    const step = fc.tuple(fc.nat({ max: 2000 }), fc.integer({ min: 1, max: 8 }), fc.nat({ max: 2 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits: LimiterOptions = { perSecond: 2, burst: 5, totalPerSecond: 3, totalBurst: 7 };
        const clock = new TestClock();
        const limiter = new Limiter(clock, limits);
        const admitted: { readonly time: number; readonly who: number }[] = [];
        let asked = 0;
        for (const [wait, times, who] of steps) {
          clock.time += wait;
          for (let i = 0; i < times; i++) {
            asked += 1;
            if (limiter.admit(`192.0.2.${who}`)) admitted.push({ time: clock.time, who });
          }
        }
        const bounds = (events: readonly { readonly time: number }[], burst: number, rate: number) => {
          for (let i = 0; i < events.length; i++) {
            for (let j = i; j < events.length; j++) {
              const seconds = ((events[j]?.time ?? 0) - (events[i]?.time ?? 0)) / 1000;
              expect(j - i + 1).toBeLessThanOrEqual(burst + seconds * rate + 1e-6);
            }
          }
        };
        bounds(admitted, limits.totalBurst, limits.totalPerSecond);
        for (const who of [0, 1, 2]) {
          bounds(
            admitted.filter((event) => event.who === who),
            limits.burst,
            limits.perSecond,
          );
        }
        expect(limiter.takeRefused()).toBe(asked - admitted.length);
        expect(limiter.takeRefused()).toBe(0);
      }),
    );
  });

  test('are served again after a while, whatever they did before', () => {
    const clock = new TestClock();
    const limiter = new Limiter(clock, open);
    for (let i = 0; i < 1000; i++) limiter.admit('192.0.2.1');
    expect(limiter.admit('192.0.2.1')).toBe(false);
    clock.time += 500;
    expect(limiter.admit('192.0.2.1')).toBe(true);
    expect(limiter.admit('192.0.2.1')).toBe(false);
  });

  test('do not take the share of others', () => {
    const limiter = new Limiter(new TestClock(), open);
    for (let i = 0; i < 1000; i++) limiter.admit('192.0.2.1');
    expect(limiter.admit('192.0.2.2')).toBe(true);
  });

  test('share one bucket within a /64, since one host owns all of it', () => {
    const limiter = new Limiter(new TestClock(), open);
    let admitted = 0;
    for (let i = 0; i < 100; i++) if (limiter.admit(`2001:db8::${i.toString(16)}`)) admitted += 1;
    expect(admitted).toBe(open.burst);
    expect(limiter.admit('2001:db8:0:1::1')).toBe(true);
  });

  test('from ever new addresses meet the limit of all together', () => {
    const limiter = new Limiter(new TestClock(), { ...open, totalBurst: 50 });
    let admitted = 0;
    for (let i = 0; i < 30_000; i++) if (limiter.admit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)) admitted += 1;
    expect(admitted).toBe(50);
  });

  test('cannot stop the clock by setting it back', () => {
    const clock = new TestClock();
    const limiter = new Limiter(clock, open);
    clock.time += 86_400_000;
    for (let i = 0; i < 10; i++) limiter.admit('192.0.2.1');
    clock.time -= 86_400_000;
    expect(limiter.admit('192.0.2.1')).toBe(false);
    clock.time += 1000;
    expect(limiter.admit('192.0.2.1')).toBe(true);
  });
});

test.for<[address: string, group: string]>([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s belongs to %s', ([address, group]) => {
  expect(addressGroup(address)).toBe(group);
});
