import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrintableRuns } from './printable-runs.ts';
import { TextOutput } from './text-output.ts';

function runsOf(pieces: readonly Uint8Array[]): string {
  const output = new TextOutput();
  const runs = new PrintableRuns('s', 4, 2, output);
  for (const piece of pieces) runs.feed(piece);
  return output.text.text().toString('latin1');
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

test('a run behind a name is its value, one behind other text is on the next line, one far away stands alone', () => {
  expect(runsOf([bytesOf('api_key\0value one\x01value two\x01\x01\x01\x01third')])).toBe(
    'api_key = value one\nvalue two\n\nthird',
  );
});

test('shorter runs are none', () => {
  expect(runsOf([bytesOf('abc\0abcd\0\0\0ab')])).toBe('abcd');
});

test('the length of the next text is no part of a run', () => {
  const next = 'n'.repeat(41);
  expect(runsOf([bytesOf(`value)\0\0\0${next}`)])).toBe(`value\n\n${next}`);
});

test('it does not matter where the stream is cut', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\x01', '\xff'), maxLength: 12 }), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, (texts) => {
      // Names are told from whole runs only, so none is made here.
      const lines = (text: string): string => text.replaceAll(' = ', '\n');
      expect(lines(runsOf(texts.map(bytesOf)))).toBe(lines(runsOf([bytesOf(texts.join(''))])));
    }),
  );
});
