import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineIndex } from './line-index.ts';
import { PassingLines } from './passing-lines.ts';

/** Counted in the simplest way. */
function counted(text: string, units: number): { line: number; column: number; byte: number } {
  const before = text.slice(0, units);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: units - start + 1, byte: Buffer.byteLength(before) };
}

const characters = fc.array(fc.constantFrom('a', '\n', '\u00e9', '\u4f60', '\u{1f511}', 'b'.repeat(5_000), '\n'.repeat(3_000)), {
  maxLength: 20,
});

test('lines and columns are those of the text, whatever is asked first', () => {
  fc.assert(
    fc.property(characters, fc.array(fc.nat(), { minLength: 1, maxLength: 10 }), (parts, places) => {
      const text = parts.join('');
      const index = new LineIndex(Buffer.from(text));
      for (const place of places) {
        let units = place % (text.length + 1);
        // Not in the middle of a character of two units.
        if (/[\udc00-\udfff]/.test(text.charAt(units))) units -= 1;
        const expected = counted(text, units);
        expect(index.position(expected.byte)).toEqual(expected);
      }
    }),
    { numRuns: 200 },
  );
});

test('a text that passes in pieces has the same lines', () => {
  fc.assert(
    fc.property(characters, fc.integer({ min: 1, max: 4_000 }), (parts, size) => {
      const bytes = Buffer.from(parts.join('').replace(/[^\n-~]/gu, 'x'));
      const lines = new PassingLines();
      for (let at = 0; at < bytes.length; at += size) lines.add(bytes.subarray(at, at + size));
      const index = new LineIndex(bytes);
      for (const byte of [0, bytes.length >> 1, Math.max(0, bytes.length - 1)]) {
        expect(lines.position(byte)).toEqual(index.position(byte));
      }
    }),
    { numRuns: 100 },
  );
});
