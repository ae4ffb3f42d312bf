import { describe, expect, test } from 'vitest';
import * as methods from '../../src/identity/methods/index.ts';
import * as seals from '../../src/keyring/seals/index.ts';
import { engineCatalogue } from '../../src/leases/engine-catalogue.ts';
import { catalogue } from '../../src/scanning/catalogue.ts';
import * as reports from '../../src/scanning/reports/index.ts';
import { isTest, sourceFiles } from './sources.ts';

interface Family {
  readonly name: string;
  /** Folder with one file per plugin, an index and the contract. */
  readonly folder: string;
  readonly kinds: readonly string[];
  /** Files in the folder that are no plugins: the contract, and what several plugins stand on. */
  readonly parts?: readonly string[];
}

/** A seal does nothing before it is asked, so nothing has to be there to learn its kind. */
const sealKinds = Object.values(seals).map((seal) => (seal as (dependencies: object) => { readonly kind: string })({}).kind);

const kindsOf = (plugins: Readonly<Record<string, { readonly kind: string }>>): readonly string[] =>
  Object.values(plugins).map(({ kind }) => kind);

/** Plugins whose page is not written yet. */
const pagesUnderWay: readonly string[] = ['auth/aws'];
const methodParts = ['admission', 'bulkhead', 'config-operations', 'invalid-field', 'method', 'role-operations'];

const engineParts = ['engine', 'invalid-setting', 'network-failure', 'password', 'signing-key', 'statements', 'vendor-api'];

const families: readonly Family[] = [
  { name: 'auth', folder: 'src/identity/methods', kinds: kindsOf(methods), parts: methodParts },
  { name: 'engines', folder: 'src/leases/engines', kinds: [...engineCatalogue.keys()], parts: engineParts },
  { name: 'seals', folder: 'src/keyring/seals', kinds: sealKinds },
  { name: 'scan/reports', folder: 'src/scanning/reports', kinds: kindsOf(reports) },
];

describe.for(families)('the family of $name', ({ name, folder, kinds, parts }) => {
  test('has kinds in kebab-case, each of them once', () => {
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => !/^[a-z]+(?:-[a-z0-9]+)*$/.test(kind))).toEqual([]);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  test('has one file, one line in the index and one page for each kind', () => {
    const index = sourceFiles(`${folder}/index.ts`)[0]?.text ?? '';
    const exported = [...index.matchAll(/^export .* from '\.\/(.+)\.ts';$/gm)].map(([, file]) => file);
    expect(exported.sort()).toEqual([...kinds].sort());
    if (parts !== undefined) {
      const files = sourceFiles(`${folder}/*.ts`).filter(({ path }) => !isTest(path) && !path.endsWith('/index.ts'));
      const plugins = files
        .map(({ path }) => path.slice(folder.length + 1, -'.ts'.length))
        .filter((file) => !parts.includes(file));
      expect(plugins.sort()).toEqual([...kinds].sort());
    }
    const pages = sourceFiles(`docs/reference/${name}/*.md`);
    const written = new Set(pages.map(({ path }) => path));
    const awaited = (kind: string) =>
      pagesUnderWay.includes(`${name}/${kind}`) && !written.has(`docs/reference/${name}/${kind}.md`);
    const expected = kinds.filter((kind) => !awaited(kind)).map((kind) => `docs/reference/${name}/${kind}.md`);
    expect([...written].sort()).toEqual(expected.sort());
    for (const { path, text } of pages) expect(text, path).toMatch(/^# \w+ `[a-z0-9-]+`\n\n\S/);
  });
});

/** Detectors come several to a file, one for each provider, and a page holds a family of them. */
describe('the family of detectors', () => {
  const index = sourceFiles('src/scanning/detectors/index.ts')[0]?.text ?? '';
  const exported = [...index.matchAll(/^export \{ \w+ \} from '\.\/(.+)\.ts';$/gm)].map(([, file]) => file ?? '');

  test('has ids in kebab-case, each of them once', () => {
    const ids = catalogue.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(250);
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  test('has one line in the index for each file that declares some and is no part of another', () => {
    const files = sourceFiles('src/scanning/detectors/*.ts').filter(({ path }) => !/\/index\.ts$|\.test\.ts$/.test(path));
    const parts = new Set(files.flatMap(({ text }) => [...text.matchAll(/ from '\.\/(.+)\.ts';$/gm)].map(([, file]) => file)));
    const declare = files
      .filter(({ text }) => /^export const \w+: readonly Detector\[\] = /m.test(text))
      .map(({ path }) => path.slice('src/scanning/detectors/'.length, -'.ts'.length))
      .filter((file) => !parts.has(file));
    expect([...exported].sort()).toEqual(declare.sort());
    expect(new Set(exported).size).toBe(exported.length);
  });

  test('has a row on the page of its family for each', () => {
    const pages = new Map(sourceFiles('docs/reference/scan/detectors/*.md').map(({ path, text }) => [path, text]));
    const missing = catalogue.filter(
      ({ id, family }) => !pages.get(`docs/reference/scan/detectors/${family}.md`)?.includes(`| \`${id}\` |`),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });
});

describe('the table of engines', () => {
  test('says of each what revoking and renewing achieve', () => {
    const table = sourceFiles('docs/reference/engines-coverage.md')[0]?.text ?? '';
    const rows = [...engineCatalogue.values()].map(({ kind, mount, traits }) => {
      const row = table.split('\n').find((line) => line.startsWith(`| [\`${kind}\`](engines/${kind}.md) |`));
      const [, , itsMount, , revocation, renewable] = (row ?? '').split('|').map((cell) => cell.trim());
      return [itsMount, revocation, renewable].join() ===
        [`\`${mount}\``, traits.revocation, traits.renewable ? 'yes' : 'no'].join()
        ? []
        : [kind];
    });
    expect(rows.flat()).toEqual([]);
  });
});
