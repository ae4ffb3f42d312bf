import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { Maker } from '../detectors/maker.ts';
import { type Exchange, Verification } from './verification.ts';
import type { Answer, Question } from './verifier.ts';
import * as verifiers from './verifiers/index.ts';

const all = Object.values(verifiers);
const value = Buffer.from(new Maker('verification').chars('base62', 40));
const detector = verifiers.github.detectors[0] as string;

/** A stand-in for providers: no request leaves the machine in tests. It answers as their documentation says. */
function provider(answer: Answer | Error) {
  const asked: { host: string; question: Question; at: number }[] = [];
  let now = 0;
  const exchange: Exchange = async (host, question) => {
    asked.push({ host, question, at: now });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  return { asked, verification: new Verification({ verifiers: all, exchange, clock, pauseMs: 1000 }) };
}

describe('asking a provider', () => {
  test('yields live, dead or unknown', async () => {
    expect(await provider({ status: 200, body: '{}' }).verification.check(detector, value)).toBe('live');
    expect(await provider({ status: 401, body: '{}' }).verification.check(detector, value)).toBe('dead');
    for (const status of [301, 403, 404, 429, 500]) {
      expect(await provider({ status, body: '' }).verification.check(detector, value)).toBe('unknown');
    }
  });

  test('is unknown when there is no answer', async () => {
    expect(await provider(new Error('no route')).verification.check(detector, value)).toBe('unknown');
  });

  test('asks once for one secret, whatever the number of places', async () => {
    const { asked, verification } = provider({ status: 200, body: '{}' });
    await Promise.all([1, 2, 3].map(() => verification.check(detector, value)));
    expect(asked).toHaveLength(1);
  });

  test('waits between two questions to one host', async () => {
    const { asked, verification } = provider({ status: 200, body: '{}' });
    for (const last of ['a', 'b', 'c']) await verification.check(detector, Buffer.concat([value, Buffer.from(last)]));
    expect(asked.map(({ at }) => at)).toEqual([0, 1000, 2000]);
  });

  test('stops asking a host that limits it', async () => {
    const { asked, verification } = provider({ status: 429, body: '' });
    for (const last of ['a', 'b', 'c']) {
      expect(await verification.check(detector, Buffer.concat([value, Buffer.from(last)]))).toBe('unknown');
    }
    expect(asked).toHaveLength(1);
  });

  test('says nothing of what no chosen provider issues', async () => {
    const { asked, verification } = provider({ status: 200, body: '{}' });
    expect(await verification.check('generic-password', value)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('reads the body where the status does not say', async () => {
    const slack = verifiers.slack.detectors[0] as string;
    const asked = async (body: string): Promise<string | undefined> =>
      provider({ status: 200, body }).verification.check(slack, value);
    expect(await asked('{"ok":true}')).toBe('live');
    expect(await asked('{"ok":false,"error":"invalid_auth"}')).toBe('dead');
    expect(await asked('{"ok":false,"error":"ratelimited"}')).toBe('unknown');
    expect(await asked('<html>')).toBe('unknown');
  });
});

describe.for(all.map((verifier) => [verifier.kind, verifier] as const))('%s', ([, verifier]) => {
  test('asks about detectors that there are, at one host, with the secret in no host name', () => {
    const ids = new Set(catalogue.map(({ id }) => id));
    expect(verifier.detectors.filter((id) => !ids.has(id))).toEqual([]);
    expect(verifier.host).toMatch(/^[a-z0-9.-]+$/);
    const { path, headers, body } = verifier.ask(value.toString());
    expect(path).toMatch(/^\/[\x21-\x7e]*$/);
    expect(`${path}${Object.values(headers).join()}${body ?? ''}`).toMatch(
      new RegExp(`${value}|${Buffer.from(`${value}:`).toString('base64')}`),
    );
    expect(verifier.read({ status: 500, body: '' })).toBe('unknown');
  });
});
