import { describe, expect, test } from 'vitest';
import { inlineIgnore } from './inline-ignore.ts';

const SECRET = 'SECRET';
function reason(text: string): string | undefined {
  const start = text.indexOf(SECRET);
  return inlineIgnore(Buffer.from(text), start, start + SECRET.length);
}

describe('watchword:ignore', () => {
  test.each([
    ['x = "SECRET"  # watchword:ignore key of the sandbox', 'key of the sandbox'],
    ['const x = "SECRET"; // watchword:ignore: key of the sandbox', 'key of the sandbox'],
    ['<p>SECRET</p> <!-- watchword:ignore key of the sandbox -->', 'key of the sandbox'],
    ['x: SECRET /* watchword:ignore key of the sandbox */', 'key of the sandbox'],
    ['a\n# watchword:ignore key of the sandbox\nx = SECRET\n', 'key of the sandbox'],
    ['a\r\n# watchword:ignore key of the sandbox\r\nx = SECRET\r\n', 'key of the sandbox'],
  ])('gives its reason: %j', (text, expected) => {
    expect(reason(text)).toBe(expected);
  });

  test.each(['x = "SECRET"  # watchword:ignore', '# watchword:ignore\nx = SECRET', 'x = SECRET # watchword:ignore  !'])(
    'without a reason is told apart: %j',
    (text) => {
      expect(reason(text)).toBe('');
    },
  );

  test.each([
    'x = "SECRET"',
    '# watchword:ignore two lines above\n\nx = SECRET',
    'x = SECRET\n# watchword:ignore below',
    'y = "other"  # watchword:ignore speaks of its own line\nx = SECRET',
    `${'a'.repeat(3000)} SECRET ${'b'.repeat(3000)} watchword:ignore too far away`,
  ])('elsewhere does not count', (text) => {
    expect(reason(text)).toBeUndefined();
  });
});
