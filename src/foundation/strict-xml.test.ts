import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictXml } from './strict-xml.ts';

describe('strict XML', () => {
  it('gives elements by their names, with or without a declaration and a name space', () => {
    const read = parseStrictXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="https://a.example/x/">\n <B> b </B><C><D/></C></A>',
    );
    expect(read).toBeUndefined();
    const right = parseStrictXml('<?xml version="1.0"?>\n<A xmlns="https://a.example/x/">\n <B> b </B><C><D></D></C>\n</A>\n');
    expect(right).toMatchObject({ name: 'A', namespace: 'https://a.example/x/' });
    expect(right?.children.get('B')?.text).toBe('b');
    expect(right?.children.get('C')?.children.get('D')?.text).toBe('');
    expect(parseStrictXml('<A></A>')).toMatchObject({ name: 'A', namespace: '', text: '' });
  });

  it.each([
    ['nothing', ''],
    ['text alone', 'A'],
    ['a second root', '<A></A><B></B>'],
    ['an end that is another one', '<A></B>'],
    ['no end', '<A><B></B>'],
    ['an element twice', '<A><B>1</B><B>2</B></A>'],
    ['text beside elements', '<A>x<B>1</B></A>'],
    ['text after elements', '<A><B>1</B>x</A>'],
    ['an attribute', '<A><B x="1">1</B></A>'],
    ['a name space within', '<A><B xmlns="x">1</B></A>'],
    ['a prefix', '<a:A></a:A>'],
    ['an entity', '<A>&amp;</A>'],
    ['a comment', '<A><!-- --></A>'],
    ['a document type', '<!DOCTYPE A><A></A>'],
    ['CDATA', '<A><![CDATA[x]]></A>'],
    ['an instruction', '<A><?x?></A>'],
    ['another version', '<?xml version="1.1"?><A></A>'],
    ['nine levels', `${'<A>'.repeat(9)}${'</A>'.repeat(9)}`],
  ])('that holds %s is not read', (_what, xml) => {
    expect(parseStrictXml(xml)).toBeUndefined();
  });

  it('reads back what was written, and is never caught in anything else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'<>/&;!?ABab "=\n') });
    fc.assert(
      fc.property(text, (inner) => {
        const read = parseStrictXml(`<A>${inner}</A>`);
        if (!/[<>&]/.test(inner)) expect(read?.text).toBe(inner.trim());
        else if (/[&!?"=]/.test(inner)) expect(read).toBeUndefined();
      }),
    );
  });
});
