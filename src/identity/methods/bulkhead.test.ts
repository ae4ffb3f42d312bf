import { describe, expect, test } from 'vitest';
import { TestClock } from '../../access/testing/test-door.ts';
import { refusedLogin } from '../login-refusal.ts';
import { Bulkhead, type BulkheadLimits } from './bulkhead.ts';

const STS = 'https://sts.example';

/** A platform that answers when it is told to. */
function platform(limits: Partial<BulkheadLimits> = {}) {
  const clock = new TestClock();
  const bulkhead = new Bulkhead(clock, 'aws.busy', { atOnce: 4, perSource: 2, perSuspect: 1, longestWait: 10_000, ...limits });
  const open: { readonly address: string; end(error?: Error): void }[] = [];
  const ended: string[] = [];
  const ask = (address: string, to = STS) => {
    const asked = bulkhead.ask(
      { to, address },
      () =>
        new Promise<string>((resolve, reject) => {
          open.push({ address, end: (error) => (error === undefined ? resolve('yes') : reject(error)) });
        }),
    );
    asked.then(
      () => ended.push(`${address} yes`),
      (error) => ended.push(`${address} ${error.code} ${error.reason}`),
    );
    return asked;
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Answers what has been asked for longest. */
  const answer = async (error?: Error) => {
    open.shift()?.end(error);
    await settle();
  };
  return { clock, ask, answer, settle, open, ended, asking: () => open.map(({ address }) => address) };
}

describe('questions to a platform', () => {
  test('of one source are few at a time, and the others wait their turn', async () => {
    const { ask, answer, asking, ended, settle } = platform();
    for (let i = 0; i < 5; i++) void ask('a');
    await settle();
    expect(asking()).toEqual(['a', 'a']);
    for (let i = 0; i < 5; i++) await answer();
    expect(ended).toEqual(Array(5).fill('a yes'));
  });

  test('of all together are few at a time, and sources take turns', async () => {
    const { ask, answer, asking, settle } = platform({ atOnce: 2, perSource: 2 });
    for (const address of ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c']) void ask(address);
    await settle();
    const order = asking();
    for (let i = 0; i < 6; i++) {
      await answer();
      order.push(...asking().slice(-1));
    }
    expect(order).toEqual(['a', 'a', 'a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('of another source have room at once while one floods', async () => {
    const { ask, asking, settle } = platform();
    for (let i = 0; i < 500; i++) void ask('flood').catch(() => {});
    void ask('neighbour');
    await settle();
    expect(asking()).toEqual(['flood', 'flood', 'neighbour']);
  });

  test('to another platform wait for none of them', async () => {
    const { ask, asking, settle } = platform({ atOnce: 1 });
    void ask('a');
    void ask('b', 'https://other.example');
    await settle();
    expect(asking()).toEqual(['a', 'b']);
  });

  test('within one /64 are one source', async () => {
    const { ask, asking, settle } = platform();
    for (let i = 0; i < 5; i++) void ask(`2001:db8::${i}`);
    await settle();
    expect(asking()).toHaveLength(2);
  });
});

describe('a source that is refused more often than its share', () => {
  test('asks fewer at a time, and is never shut out', async () => {
    const { clock, ask, answer, asking, ended, settle } = platform();
    for (let i = 0; i < 11; i++) {
      void ask('a').catch(() => {});
      await settle();
      await answer(refusedLogin('aws.rejected'));
    }
    for (let i = 0; i < 3; i++) void ask('a');
    await settle();
    expect(asking()).toEqual(['a']);
    for (let i = 0; i < 3; i++) await answer();
    expect(ended.slice(-3)).toEqual(['a yes', 'a yes', 'a yes']);
    clock.time += 60_000;
    for (let i = 0; i < 3; i++) void ask('a');
    await settle();
    expect(asking()).toEqual(['a', 'a']);
  });

  test('is one whose answers are in vain as well', async () => {
    const clock = new TestClock();
    const bulkhead = new Bulkhead(clock, 'oidc.busy', { perSource: 2, perSuspect: 1 });
    let running = 0;
    let most = 0;
    const poll = () =>
      bulkhead.ask({ to: STS, address: 'a', inVain: (result) => result === 'pending' }, async () => {
        running++;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return 'pending';
      });
    for (let i = 0; i < 11; i++) await poll();
    most = 0;
    await Promise.all([poll(), poll(), poll()]);
    expect(most).toBe(1);
  });

  test('is not one for which the platform does not answer', async () => {
    const { ask, answer, asking, settle } = platform();
    for (let i = 0; i < 20; i++) {
      void ask('a').catch(() => {});
      await settle();
      await answer(new TypeError('nobody answers'));
    }
    for (let i = 0; i < 3; i++) void ask('a');
    await settle();
    expect(asking()).toEqual(['a', 'a']);
  });
});

describe('who waits', () => {
  test('is told to come back where his source has too many waiting', async () => {
    const { ask, ended, settle } = platform({ waitingPerSource: 3 });
    for (let i = 0; i < 6; i++) void ask('a').catch(() => {});
    await settle();
    expect(ended).toEqual(['a login.unavailable aws.busy']);
  });

  test('for too long is told to come back', async () => {
    const { clock, ask, answer, asking, ended, settle } = platform();
    for (let i = 0; i < 4; i++) void ask('a').catch(() => {});
    clock.time += 10_001;
    void ask('a');
    await settle();
    await answer();
    expect(ended.sort()).toEqual(['a login.unavailable aws.busy', 'a login.unavailable aws.busy', 'a yes']);
    expect(asking()).toEqual(['a', 'a']);
  });

  test('has a place although others have taken all of them: the longest line loses its last', async () => {
    const { ask, ended, asking, answer, settle } = platform({ atOnce: 1, waiting: 4 });
    for (const address of ['a', 'a', 'a', 'a', 'b', 'c']) void ask(address).catch(() => {});
    await settle();
    expect(ended).toEqual(['a login.unavailable aws.busy']);
    const order: string[] = [];
    for (let i = 0; i < 5; i++) {
      order.push(...asking());
      await answer();
    }
    expect(order.sort()).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  test('has none where every line is as short as his', async () => {
    const { ask, ended, settle } = platform({ atOnce: 1, waiting: 2 });
    for (const address of ['a', 'b', 'c', 'd']) void ask(address).catch(() => {});
    await settle();
    expect(ended).toEqual(['d login.unavailable aws.busy']);
  });
});
