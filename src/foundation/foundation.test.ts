import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { errorCatalogue, WatchwordError } from './errors.ts';
import { fingerprint, fingerprintKey } from './fingerprint.ts';
import { frame } from './framing.ts';
import { randomBase62, toBase62 } from './ids.ts';
import { systemRandom } from './node-ports.ts';
import { Secret } from './secret.ts';
import { parseWithSecrets, printWithSecrets } from './secret-json.ts';
import { formatDuration, formatTime, parseDuration } from './time.ts';

describe('a Secret', () => {
  const value = ['canary', 'value'].join('-');

  it('shows itself in no way of printing', () => {
    const secret = Secret.fromText(value);
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ a: [secret] }, { depth: 9, showHidden: true }),
    ]) {
      expect(shown).not.toContain(value);
      expect(shown).toContain('[redacted]');
    }
  });

  it('is zero after disposal, and does not share bytes that were copied in', () => {
    const source = Buffer.from(value);
    const secret = Secret.copy(source);
    source.fill(0);
    expect(secret.text).toBe(value);
    const bytes = secret.bytes;
    secret.dispose();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('survives the printing that is meant for encryption', () => {
    const printed = printWithSecrets({ data: Secret.fromText(value), list: [Secret.fromText('x')], plain: 'y' });
    const back = parseWithSecrets(printed) as { data: Secret; list: Secret[]; plain: string };
    expect([back.data.text, back.list[0]?.text, back.plain]).toEqual([value, 'x', 'y']);
  });

  it('is never made of what somebody else wrote, which comes back from sealed JSON as it was', () => {
    const key = fc.constantFrom('$secret', '$$secret', '$$$secret', 'secret', '__proto__');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, fc.string(), fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        const back = parseWithSecrets(printWithSecrets({ data, secret: Secret.fromText(value) })) as {
          data: unknown;
          secret: Secret;
        };
        expect(JSON.stringify(back.data)).toBe(JSON.stringify(data));
        expect(back.secret.text).toBe(value);
      }),
    );
  });
});

describe('fingerprints', () => {
  it('name a value by key id and keyed hash (RFC 4231, test case 2)', () => {
    const key = fingerprintKey('k1', Buffer.from('Jefe'));
    expect(fingerprint(key, Buffer.from('what do ya want for nothing?'))).toBe(
      'k1:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('canonical JSON', () => {
  it('sorts keys by code units and prints numbers as the examples of RFC 8785 do', () => {
    expect(
      canonicalJson({
        // biome-ignore lint/correctness/noPrecisionLoss: the example shows how such a number is printed.
        numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        literals: [null, true, false],
      }),
    ).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}');
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5}',
    );
  });

  it('is the same for every order of members, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        const parsed: unknown = JSON.parse(text);
        expect(canonicalJson(parsed)).toBe(text);
        expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('framing', () => {
  it('gives different bytes for different lists', () => {
    const lists = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()), { maxLength: 4 });
    const same = (a: readonly (string | Uint8Array)[], b: readonly (string | Uint8Array)[]) =>
      a.length === b.length &&
      a.every((part, index) => Buffer.from(part as string).equals(Buffer.from((b[index] ?? '') as string)));
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        expect(frame(...a).equals(frame(...b))).toBe(same(a, b));
      }),
      { numRuns: 2000 },
    );
    expect(frame('ab', 'c').equals(frame('a', 'bc'))).toBe(false);
  });
});

describe('durations', () => {
  it.each([
    [60, 60],
    ['60', 60],
    ['1h30m', 5400],
    ['250ms', 0.25],
    ['2d', 172_800],
    ['', 0],
    ['-1', -1],
    ['1.5h', 5400],
  ])('reads %j as %d seconds', (text, seconds) => expect(parseDuration(text, 'ttl')).toBe(seconds));

  it.each(['1x', 'h', '1h-', null, {}, Number.NaN, '9'.repeat(40), '1h'.repeat(60), '12 m'])(
    'refuses %j and names the field, not the value',
    (value) => {
      expect(() => parseDuration(value, 'ttl')).toThrow(expect.objectContaining({ code: 'request.invalid', where: 'ttl' }));
    },
  );

  it.each([
    [0, '0s'],
    [12_319, '3h25m19s'],
    [60, '1m0s'],
    [0.25, '250ms'],
    [1.5, '1.5s'],
    [3600, '1h0m0s'],
    [-90, '-1m30s'],
    [0.0000015, '1.5µs'],
  ])('prints %d seconds as Go does: %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (ms) => {
        expect(parseDuration(formatDuration(ms / 1000), 'x')).toBeCloseTo(ms / 1000, 6);
      }),
    );
  });

  it('prints times in UTC, and never as nothing', () => {
    expect(formatTime(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatTime(undefined)).toBe('');
  });
});

describe('the randomness of the machine', () => {
  it('gives every byte out once, whatever is asked for', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 5000; i++) {
      const bytes = systemRandom.bytes(12 + (i % 8));
      expect(bytes).toHaveLength(12 + (i % 8));
      seen.add(bytes.toString('hex', 0, 12));
    }
    expect(seen.size).toBe(5000);
  });

  it('keeps what it gave out apart from what it gives next', () => {
    const first = systemRandom.bytes(16);
    const copy = Buffer.from(first);
    for (let i = 0; i < 1000; i++) systemRandom.bytes(16);
    expect(first).toEqual(copy);
  });
});

describe('base62', () => {
  it('uses every digit about equally often', () => {
    const text = randomBase62(systemRandom, 62_000);
    const counts = new Map<string, number>();
    for (const digit of text) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // Six standard deviations of a fair digit are about 190.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
    expect([toBase62(0, 3), toBase62(61, 3), toBase62(62, 3)]).toEqual(['000', '00z', '010']);
  });
});

describe('the error catalogue', () => {
  it('gives every code a sentence and a next step', () => {
    for (const [code, { summary, remedy }] of Object.entries(errorCatalogue)) {
      expect(summary, code).toMatch(/^[A-Z].*\.$/);
      expect(remedy, code).toMatch(/^[A-Z].*\.$/);
    }
    expect(new WatchwordError('access.denied').kind).toBe('denied');
  });
});
