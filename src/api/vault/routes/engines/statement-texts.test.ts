import { describe, expect, test } from 'vitest';
import { statementTexts } from './statement-texts.ts';

const read = (value: unknown) => statementTexts({ creation_statements: value }, 'creation_statements');
const base64 = (value: string) => Buffer.from(value).toString('base64');
const grant = 'GRANT SELECT, INSERT ON features.images TO {{name}}; SELECT 1';

describe('statements on the wire', () => {
  test('are one text, whatever commas it has, or a list', () => {
    expect(read(grant)).toEqual([grant]);
    expect(read([grant, 'SELECT 2'])).toEqual([grant, 'SELECT 2']);
    expect(read('')).toEqual([]);
    expect(read(undefined)).toBeUndefined();
  });

  test('are a JSON array in a text, and either of them in Base64', () => {
    const both = JSON.stringify([grant, 'SELECT 2']);
    expect(read(both)).toEqual([grant, 'SELECT 2']);
    expect(read(base64(both))).toEqual([grant, 'SELECT 2']);
    expect(read(base64(grant))).toEqual([grant]);
  });

  test('are what they are where that only looks like another form', () => {
    for (const text of ['ROLLBACK', '["SELECT 1"', '[1]', 'abcd']) expect(read(text)).toEqual([text]);
  });

  test('are nothing else', () => {
    expect(() => read({ a: 1 })).toThrow('creation_statements must be');
    expect(() => read([1])).toThrow('creation_statements must be');
  });
});
