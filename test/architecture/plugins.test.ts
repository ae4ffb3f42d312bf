import { describe, expect, test } from 'vitest';
import * as seals from '../../src/keyring/seals/index.ts';
import * as reports from '../../src/scanning/reports/index.ts';
import { sourceFiles } from './sources.ts';

interface Family {
  readonly name: string;
  /** Folder with one file per plugin, an index and the contract. */
  readonly folder: string;
  readonly kinds: readonly string[];
}

/** A seal does nothing before it is asked, so nothing has to be there to learn its kind. */
const sealKinds = Object.values(seals).map((seal) => (seal as (dependencies: object) => { readonly kind: string })({}).kind);

const kindsOf = (plugins: Readonly<Record<string, { readonly kind: string }>>): readonly string[] =>
  Object.values(plugins).map(({ kind }) => kind);

const families: readonly Family[] = [
  { name: 'seals', folder: 'src/keyring/seals', kinds: sealKinds },
  { name: 'scan/reports', folder: 'src/scanning/reports', kinds: kindsOf(reports) },
];

describe.for(families)('the family of $name', ({ name, folder, kinds }) => {
  test('has kinds in kebab-case, each of them once', () => {
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => !/^[a-z]+(?:-[a-z0-9]+)*$/.test(kind))).toEqual([]);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  test('has one file, one line in the index and one page for each kind', () => {
    const index = sourceFiles(`${folder}/index.ts`)[0]?.text ?? '';
    const exported = [...index.matchAll(/^export .* from '\.\/(.+)\.ts';$/gm)].map(([, file]) => file);
    expect(exported.sort()).toEqual([...kinds].sort());
    const pages = sourceFiles(`docs/reference/${name}/*.md`);
    expect(pages.map(({ path }) => path)).toEqual(kinds.map((kind) => `docs/reference/${name}/${kind}.md`).sort());
    for (const { path, text } of pages) expect(text, path).toMatch(/^# \w+ `[a-z0-9-]+`\n\n\S/);
  });
});
