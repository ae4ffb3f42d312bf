import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, AttemptLimiter, type AttemptLimits } from './attempt-limiter.ts';
import { TestClock } from './testing/test-door.ts';

const limits: AttemptLimits = { burst: 3, secondsPerTry: 6, loggedPerSecond: 1e9 };
const ROLE: Attempt = { key: 'train', guessable: true };
const SIGNED: Attempt = { key: 'signed', guessable: false };
const HERE = '192.0.2.1';

function limited(more: Partial<AttemptLimits> = {}) {
  const clock = new TestClock();
  const limiter = new AttemptLimiter(clock, { ...limits, ...more });
  /** A try that is refused, if it may be made. */
  const guess = (address = HERE, key = ROLE.key) => {
    const attempt = { key, guessable: true };
    const may = limiter.mayTry(address, attempt);
    if (may) limiter.refused(address, attempt);
    return may;
  };
  return { clock, limiter, guess };
}

const count = (times: number, what: (n: number) => boolean) =>
  Array.from({ length: times }, (_, n) => what(n)).filter(Boolean).length;

describe('refused tries', () => {
  test('of one source for one role never exceed burst and rate, in any stretch of time, whatever else is tried', () => {
    const step = fc.record({ wait: fc.nat({ max: 9000 }), times: fc.integer({ min: 1, max: 5 }), who: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { clock, guess } = limited();
        const guesses = new Map<number, number[]>();
        for (const { wait, times, who } of steps) {
          clock.time += wait;
          for (let i = 0; i < times; i++) {
            if (guess(`192.0.2.${who}`)) guesses.set(who, [...(guesses.get(who) ?? []), clock.time]);
          }
        }
        for (const times of guesses.values()) {
          for (const [at, first] of times.entries()) {
            for (const [more, last] of times.slice(at).entries()) {
              const seconds = (last - first) / 1000;
              expect(more + 1).toBeLessThanOrEqual(limits.burst + seconds / limits.secondsPerTry + 1e-6);
            }
          }
        }
      }),
    );
  });

  test('come back one at a time', () => {
    const { clock, guess } = limited();
    expect(count(10, () => guess())).toBe(3);
    clock.time += 5_999;
    expect(guess()).toBe(false);
    clock.time += 1;
    expect(guess()).toBe(true);
    expect(guess()).toBe(false);
    clock.time += 18_000;
    expect(count(10, () => guess())).toBe(3);
  });

  test('that were sent at once, before the first was refused, are all paid for', () => {
    const { clock, limiter, guess } = limited();
    expect(count(50, () => limiter.mayTry(HERE, ROLE))).toBe(50);
    for (let i = 0; i < 50; i++) limiter.refused(HERE, ROLE);
    clock.time += 48 * 6_000 - 1;
    expect(guess()).toBe(false);
    clock.time += 1;
    expect(guess()).toBe(true);
  });

  test('never shut anybody out for more than ten minutes, not even when the clock is set back', () => {
    const { clock, limiter, guess } = limited();
    clock.time += 86_400_000;
    for (let i = 0; i < 10_000; i++) limiter.refused(HERE, ROLE);
    clock.time -= 86_400_000;
    expect(guess()).toBe(false);
    clock.time += 600_000;
    expect(guess()).toBe(true);
  });

  test('within one /64 count together, since one host owns all of it', () => {
    const { guess } = limited();
    expect(count(100, (n) => guess(`2001:db8::${n.toString(16)}`))).toBe(3);
    expect(guess('2001:db8:0:1::1')).toBe(true);
  });
});

describe('nobody is locked out', () => {
  test('by tries from other addresses, however many', () => {
    const { guess, limiter } = limited();
    for (let i = 0; i < 20_000; i++) guess(`10.0.${i >> 8}.${i & 255}`);
    for (let i = 0; i < 100; i++) guess('198.51.100.7');
    expect(limiter.mayTry(HERE, ROLE)).toBe(true);
  });

  test('by tries for other roles from his own address', () => {
    const { guess, limiter } = limited();
    for (let i = 0; i < 1000; i++) guess(HERE, `role ${i}`);
    expect(limiter.mayTry(HERE, ROLE)).toBe(true);
  });

  test('by asking alone: only refusals count', () => {
    const { limiter } = limited();
    expect(count(1000, () => limiter.mayTry(HERE, ROLE))).toBe(1000);
  });
});

describe('refused tries of what cannot be guessed', () => {
  test('make nobody wait, and are heard of up to burst and rate', () => {
    const { clock, limiter } = limited();
    const heard = () => count(1000, () => limiter.mayTry(HERE, SIGNED) && limiter.refused(HERE, SIGNED));
    expect(heard()).toBe(3);
    expect(limiter.takeRefused()).toBe(997);
    expect(limiter.mayTry(HERE, SIGNED)).toBe(true);
    clock.time += 5_999;
    expect(heard()).toBe(0);
    clock.time += 1;
    expect(heard()).toBe(1);
    clock.time += 18_000;
    expect(heard()).toBe(3);
  });

  test('count as little against others as any', () => {
    const { limiter } = limited();
    for (let i = 0; i < 100; i++) limiter.refused(HERE, SIGNED);
    expect(limiter.refused('192.0.2.2', SIGNED)).toBe(true);
    expect(limiter.refused(HERE, { ...SIGNED, key: 'other' })).toBe(true);
  });
});

describe('tries that cannot be decided', () => {
  test('make nobody wait, not even for what can be guessed, and are heard of up to burst and rate', () => {
    const { limiter, guess } = limited();
    expect(count(100, () => limiter.undecided(HERE, ROLE))).toBe(3);
    expect(limiter.takeRefused()).toBe(97);
    expect(count(10, () => guess())).toBe(3);
  });
});

describe('a flood of roles', () => {
  test('is forgotten in the order of its tries, so that memory has a bound and the latest stay limited', () => {
    const { guess } = limited();
    for (let i = 0; i < 3; i++) guess(HERE, 'early');
    for (let i = 0; i < 49_998; i++) guess(HERE, `role ${i}`);
    for (let i = 0; i < 3; i++) guess(HERE, 'late');
    expect(guess(HERE, 'early')).toBe(false);
    for (let i = 0; i < 3; i++) guess(HERE, 'latest');
    expect(guess(HERE, 'early')).toBe(true);
    expect(guess(HERE, 'late')).toBe(false);
  });
});

describe('the log', () => {
  test('has an event for each refusal up to its share of the second; what is beyond is counted', () => {
    const { clock, limiter } = limited({ loggedPerSecond: 20 });
    const logged = () => count(50, (n) => limiter.refused(`192.0.2.${n}`, ROLE));
    expect(logged()).toBe(20);
    expect(limiter.takeRefused()).toBe(30);
    expect(limiter.takeRefused()).toBe(0);
    clock.time += 1000;
    expect(logged()).toBe(20);
  });

  test('hears of tries that were not let in as of those: by number', () => {
    const { limiter, guess } = limited();
    expect(count(10, () => guess())).toBe(3);
    expect(limiter.takeRefused()).toBe(7);
  });
});
