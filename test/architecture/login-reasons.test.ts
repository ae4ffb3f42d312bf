import { describe, expect, test } from 'vitest';
import { refusalReasons } from '../../src/identity/auth-methods.ts';
import { isTest, sourceFiles } from './sources.ts';

const product = sourceFiles('src/identity/**/*.ts').filter(({ path }) => !isTest(path));
const given = product.flatMap(({ path, text }) =>
  [...text.matchAll(/\b(?:refusedLogin|unavailableLogin)\(\s*'([^']+)'/g)].map(([, reason = '']) => ({ path, reason })),
);

describe('why a login is refused', () => {
  test('is said by a word that is documented, wherever it is refused', () => {
    expect(given.length).toBeGreaterThan(100);
    expect(given.filter(({ reason }) => !Object.hasOwn(refusalReasons, reason))).toEqual([]);
  });

  test('has words of one form, each with a sentence', () => {
    for (const [reason, meaning] of Object.entries(refusalReasons)) {
      expect(reason).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(meaning, reason).toMatch(/^[A-Z].*[^.]\.$/);
    }
  });

  test('has no word that nobody says', () => {
    const texts = product.map(({ text }) => text).join('\n');
    // Said whole, besides the catalogue, or by its second half where the first is always the same.
    const said = (reason: string) => texts.split(`'${reason}'`).length > 2 || texts.includes(`'${reason.split('.')[1]}'`);
    const unused = Object.keys(refusalReasons).filter((reason) => !said(reason));
    expect(unused).toEqual([]);
  });
});
