import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redacted, withoutValue } from './masking.ts';

describe('what is shown of a secret', () => {
  test.each([
    ['abcdefghijklmnop', 'abcd…'],
    ['abcdefgh', 'ab…'],
    ['abc', 'a…'],
    ['ab', '…'],
    ['', '…'],
    ['a\u001b[2Jefghijklmnop', 'a…'],
    ['äöüäöüäöüäöü', '…'],
  ])('%j is shown as %j', (value, shown) => {
    expect(redacted(Buffer.from(value))).toBe(shown);
  });
});

describe('a text without the secret', () => {
  const text = ['k7Gh2', 'Lm9Qr4tUv8'].join('-');
  const secret = Buffer.from(text);

  test.each([
    [`backups/${text}.tar`, 'backups/….tar'],
    [`${text}/${text}`, '…/…'],
    [`cut/off/at ${text.slice(0, 11)}`, 'cut/off/at …'],
    ['nothing/of/it.py', 'nothing/of/it.py'],
  ])('%s becomes %s', (path, masked) => {
    expect(withoutValue(path, secret)).toBe(masked);
  });

  test('never holds it, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 60 }), fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!before.includes(value) && !after.includes(value) && !'…'.includes(value));
        const masked = withoutValue(before + value + after, Buffer.from(value));
        expect(masked.includes(value) && !value.includes('…')).toBe(false);
      }),
    );
  });
});
