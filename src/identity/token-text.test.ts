import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../foundation/node-ports.ts';
import { Secret } from '../foundation/secret.ts';
import { isChoosable, isPlausibleToken, newTokenText } from './token-text.ts';

const check = (text: string) => isPlausibleToken(Secret.fromText(text));

describe('the text of a token', () => {
  it('has a prefix by its kind, 40 random characters and a checksum', () => {
    expect(newTokenText(systemRandom, 'service').text).toMatch(/^wws_[0-9A-Za-z]{46}$/);
    expect(newTokenText(systemRandom, 'wrapping').text).toMatch(/^www_[0-9A-Za-z]{46}$/);
    const many = Array.from({ length: 1000 }, () => newTokenText(systemRandom, 'service').text);
    expect(new Set(many).size).toBe(1000);
    expect(many.every(check)).toBe(true);
  });

  it('is refused without a look into the database once any one character differs', () => {
    const { text } = newTokenText(systemRandom, 'service');
    fc.assert(
      fc.property(fc.integer({ min: 4, max: text.length - 1 }), fc.constantFrom(...'0aZ_~é'), (at, character) => {
        fc.pre(text[at] !== character);
        expect(check(text.slice(0, at) + character + text.slice(at + 1))).toBe(false);
      }),
    );
    expect(check(text.slice(0, -1))).toBe(false);
    expect(check(`${text}0`)).toBe(false);
    expect(check(` ${text}`)).toBe(true);
  });

  it('may be chosen freely, as long as it does not look like one of ours', () => {
    const choosable = (text: string) => isChoosable(Secret.fromText(text));
    expect(['root', 's.abc', 'a-b_c'].map(choosable)).toEqual([true, true, true]);
    expect(['', 'wws_x', 'www_x', 'with space', 'zé', 'line\n', 'x'.repeat(513)].map(choosable)).toEqual(Array(7).fill(false));
  });

  it('is checked in any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(typeof isPlausibleToken(Secret.copy(bytes))).toBe('boolean');
      }),
    );
  });
});
