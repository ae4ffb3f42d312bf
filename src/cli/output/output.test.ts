import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../foundation/exact-json.ts';
import { table } from './table.ts';
import { yamlText } from './values.ts';
import { visible, visibleJson } from './visible.ts';

describe('a table', () => {
  it('aligns its columns and leaves no spaces at line ends', () => {
    expect(
      table(
        ['Key', 'Value'],
        [
          ['a', '1'],
          ['longer', 'x'],
        ],
      ),
    ).toBe('Key     Value\n---     -----\na       1\nlonger  x\n');
  });

  it('keeps the lines of a value below each other', () => {
    expect(table(['Key', 'Value'], [['pem', 'one\ntwo']])).toBe('Key  Value\n---  -----\npem  one\n     two\n');
  });
});

describe('text of others', () => {
  it('cannot steer the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
        expect(visible(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  it('cannot steer it in JSON either, which still says the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const shown = visibleJson(JSON.stringify(value));
        expect(visible(shown)).toBe(shown);
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('otherwise stays as it is', () => {
    expect(visible('pässwörd\t✓\n')).toBe('pässwörd\t✓\n');
    expect(visible('\u001b[2J')).toBe('\\x1b[2J');
  });
});

describe('YAML', () => {
  it('shows numbers as they were sent, and text that looks like a number as text', async () => {
    const value = parseExactJson('{"a":1.10,"b":12345678901234567890,"c":"1.10","d":1,"e":"no\\nlines"}');
    expect(await yamlText(value)).toBe('a: 1.10\nb: 12345678901234567890\nc: "1.10"\nd: 1\ne: |-\n  no\n  lines\n');
  });
});
