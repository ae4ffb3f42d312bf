import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableIn } from './base64.ts';
import { distinctIn, lettersOf, Roots } from './letters.ts';
import { isInvented, isPlaceholder } from './placeholder.ts';

const latin1 = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

test('a root is found in any case wherever it stands', () => {
  const roots = new Roots(['fake', '***', 'x_1']);
  fc.assert(
    fc.property(latin1, latin1, fc.constantFrom('fake', 'FAKE', 'FaKe', '***', 'X_1', ''), (before, after, root) => {
      const text = before + root + after;
      expect(roots.standIn(lettersOf(text))).toBe(/fake|\*{3}|x_1/i.test(text));
    }),
  );
});

test('different characters and the longest row of one are counted as told', () => {
  fc.assert(
    fc.property(latin1, (text) => {
      expect(distinctIn(text)).toBe(new Set(text).size);
      expect(lettersOf(text).longest).toBe(
        Math.max(0, ...(text.toLowerCase().match(/(.)\1*/gs) ?? []).map(({ length }) => length)),
      );
    }),
  );
});

test('what is readable in Base64 is read, of both alphabets, and nothing else', () => {
  const printable = fc.string({ minLength: 6, maxLength: 80, unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(printable, fc.constantFrom('base64', 'base64url'), (text, alphabet) => {
      expect(readableIn(Buffer.from(text, 'latin1').toString(alphabet as 'base64'))).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 80 }), (bytes) => {
      const isReadable = /^[\x20-\x7e]+\n?$/.test(Buffer.from(bytes).toString('latin1'));
      expect(readableIn(Buffer.from(bytes).toString('base64')) !== undefined).toBe(isReadable);
    }),
  );
});

const INVENTED =
  'examplekey 1234567890 0123456789 9876543210 abcdefghij placeholder changeme change_me replace-me replace_this replacewith your-own your_token your-acme_key key-here goes_here redacted removed dummy_ -dummy _fake- not_a-real notreal insert- deadbeefdeadbeef deadbeefcafe deadbeefdead cafebabecafebabe cafebabedeadbeef xxxxxx **** .... qqqqqqqq'.split(
    ' ',
  );

test.for(INVENTED)('%s says that a value was invented, in any case and in the midst of it', (word) => {
  for (const text of [word, word.toUpperCase()]) expect(isInvented(`k7Q2pZ${text}w9Rt4M`)).toBe(true);
});

const MEANT =
  '<mine> &lt; [my] -abc123 -your- put- insert- -enter- replace- -change- example -placeholder- -dummy- -fake- -sample- mock- -redacted- -censored- -todo- fixme- foobar- -lorem- not_secret not-used -test_key -bar9 *** xxxxx ...'.split(
    ' ',
  );

test.for(MEANT)('%s says that a value stands for another', (word) => {
  for (const text of [word, word.toUpperCase()])
    expect(isPlaceholder(word.endsWith('9') ? `k7Q${text}` : `k7Q-${text}-w9R`)).toBe(true);
});

test('a long row of one character before others is judged as fast as any value', () => {
  const row = 'A'.repeat(150);
  expect(isInvented(`${row}k7Q2pZw9Rt4M`)).toBe(false);
  expect(isInvented('aaabbbccc')).toBe(true);
  expect(isInvented(`${row}7`)).toBe(true);
});
