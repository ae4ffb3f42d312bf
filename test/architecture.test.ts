import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cruiseSources } from './architecture/floors.ts';
import { mayImport, rooms } from './architecture/house.ts';
import { isTest, ownFiles, repository, sourceFiles } from './architecture/sources.ts';
import { callsWithRawKeys, snakeCaseNames } from './architecture/syntax.ts';
import { emptyFileName, machinePath, registryHost, tokenShapes } from './architecture/words.ts';

const product = sourceFiles('src/**/*.ts').filter(({ path }) => !isTest(path));

/** The floors' verdict on a small house of our own. */
async function breachesOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-house-'));
  try {
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ dependencies: { kysely: '*' }, devDependencies: { vitest: '*' } }),
    );
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return (await cruiseSources(folder)).breaches;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const empty = 'export const thing = 1;\n';

describe('floors', () => {
  test('no module imports from above, from beside or in a circle', async () => {
    const { modules, breaches } = await cruiseSources(repository);
    expect(breaches).toEqual([]);
    // A tool that reads nothing finds nothing.
    expect(modules).toBeGreaterThanOrEqual(product.length);
    expect(modules).toBeGreaterThan(100);
  });

  test.for<[breach: string, rule: string, from: string, text: string, to: string]>([
    ['from beside', 'floor:store', 'src/store/a.ts', `import '../leases/b.ts';`, 'src/leases/b.ts'],
    ['from above', 'floor:keyring', 'src/keyring/a.ts', `import '../audit/b.ts';`, 'src/audit/b.ts'],
    ['a type from above', 'floor:storage', 'src/storage/a.ts', `import type { thing } from '../policy/b.ts';`, 'src/policy/b.ts'],
    ['past the door', 'floor:api', 'src/api/a.ts', `import type { thing } from '../store/b.ts';`, 'src/store/b.ts'],
    ['the server at once', 'later:cli', 'src/cli/a.ts', `import { thing } from '../server/b.ts';`, 'src/server/b.ts'],
    ['from beside in a test', 'floor:store:tests', 'src/store/a.test.ts', `import '../identity/b.ts';`, 'src/identity/b.ts'],
    ['a test', 'tests-in-product', 'src/store/a.ts', `import './testing/b.ts';`, 'src/store/testing/b.ts'],
    ['from a room that is not in the house', 'outside-the-house', 'src/attic/a.ts', `import './b.ts';`, 'src/attic/b.ts'],
    ['the query builder', 'sql-outside-tables', 'src/store/a.ts', `import 'kysely';`, 'node_modules/kysely/index.js'],
    ['a driver', 'sql-outside-tables', 'src/store/a.ts', `import 'node:sqlite';`, 'node:sqlite'],
    ['a tool', 'development-package-in-product', 'src/store/a.ts', `import 'vitest';`, 'node_modules/vitest/index.js'],
    ['what is missing', 'unresolved', 'src/store/a.ts', `import './absent.ts';`, './absent.ts'],
    ['storage into scans', 'light', 'src/cli/commands/scan.ts', `import '../../storage/b.ts';`, 'src/storage/b.ts'],
  ])('importing %s is a breach', async ([, rule, from, text, to]) => {
    const target = /^(?:src|node_modules)\//.test(to) ? { [to]: empty } : {};
    expect(await breachesOf({ [from]: text, ...target })).toContain(`${rule}: ${from} -> ${to}`);
  });

  test('a circle is a breach, within a room as well', async () => {
    const breaches = await breachesOf({ 'src/store/a.ts': `import './b.ts';`, 'src/store/b.ts': `import './a.ts';` });
    expect(breaches).toContain('cycle: src/store/a.ts -> src/store/b.ts');
  });

  test('the command line may reach the server later', async () => {
    const files = { 'src/cli/a.ts': `export const b = () => import('../server/b.ts');`, 'src/server/b.ts': empty };
    expect(await breachesOf(files)).toEqual([]);
  });

  test('no two rooms may import each other', () => {
    const mutual = rooms.flatMap((a) =>
      rooms.filter((b) => mayImport(a).includes(b.name) && mayImport(b).includes(a.name)).map((b) => `${a.name} ${b.name}`),
    );
    expect(mutual).toEqual([]);
  });
});

describe('rooms', () => {
  const folders = readdirSync(join(repository, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());

  test.for(folders.map(({ name }) => name))('%s says in its first line what it is', (name) => {
    const line = rooms.find((room) => room.name === name)?.line;
    const readme = sourceFiles(`src/${name}/README.md`)[0]?.text.split('\n', 1)[0];
    expect(readme).toBe(`# ${name}: ${line}`);
  });

  test('every file that a README speaks of exists', () => {
    const missing = sourceFiles('src/*/README.md').flatMap(({ path, text }) =>
      [...text.matchAll(/^\|([^|]+)\|/gm)]
        .flatMap(([, cell]) =>
          [...(cell ?? '').matchAll(/`([^`*]+(?:\.\w+|\/))`/g)].map(([, file]) => join(dirname(path), file ?? '')),
        )
        .filter((file) => !existsSync(join(repository, file)))
        .map((file) => `${path}: ${file}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('files', () => {
  const code = ['src', 'test', 'scripts', 'bin', 'web/src'].flatMap((folder) => sourceFiles(`${folder}/**/*.{ts,tsx,cjs}`));

  /** One line for each provider: as long as there are providers, and nobody reads it from top to bottom. */
  const list = 'src/scanning/detectors/index.ts';

  test('no source is longer than 300 lines, no test longer than 400', () => {
    const lengths = code
      .filter(({ path }) => path !== list)
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(lengths.filter(({ path, lines }) => lines > (isTest(path) ? 400 : 300))).toEqual([]);
  });

  test('every name says what is inside', () => {
    expect(code.map(({ path }) => path).filter((path) => emptyFileName.test(path))).toEqual([]);
  });

  test('every link from one document to another leads somewhere', () => {
    const dead = sourceFiles('**/*.md').flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(path), target ?? ''))
        .filter((target) => !existsSync(join(repository, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  test('decisions are numbered without gaps and fit a page', () => {
    const decisions = sourceFiles('docs/decisions/*.md');
    decisions.forEach(({ path, text }, index) => {
      const number = String(index + 1).padStart(4, '0');
      expect(path).toMatch(new RegExp(`/${number}-[a-z0-9-]+\\.md$`));
      expect(text).toMatch(new RegExp(`^# ${number}: `));
      expect(text.split('\n').length, path).toBeLessThanOrEqual(41);
    });
  });
});

describe('words', () => {
  const found = (expression: RegExp, files = ownFiles()): readonly string[] =>
    files.flatMap(({ path, text }) => [...text.matchAll(expression)].map(([match]) => `${path}: ${match.slice(0, 12)}…`));

  test.for(Object.entries(tokenShapes))('no file holds the shape of a %s', ([, shape]) => {
    expect(found(shape)).toEqual([]);
  });

  test('no file names a folder of the machine it was written on, or a package registry', () => {
    expect([...found(machinePath), ...found(registryHost)]).toEqual([]);
  });

  test('lock files leave open where packages come from', () => {
    const locks = ownFiles().filter(({ path }) => path.endsWith('package-lock.json'));
    expect(locks.length).toBeGreaterThanOrEqual(2);
    expect(found(/"resolved"/g, locks)).toEqual([]);
  });

  test('no test is skipped or preferred for good', () => {
    const tests = [...sourceFiles('src/**/*.test.ts'), ...sourceFiles('test/**/*.test.ts')];
    const switches = new RegExp(`^\\s*(?:test|it|describe)(?:\\.concurrent)?\\.(?:sk${''}ip|on${''}ly|todo)\\(`, 'gm');
    expect(found(switches, tests)).toEqual([]);
  });
});

describe('layers', () => {
  test('queries are made in table files and in storage alone', () => {
    const makes = product.filter(({ path, text }) => /withTables|\bsql`/.test(text) && !/-table\.ts$|^src\/storage\//.test(path));
    expect(makes.map(({ path }) => path)).toEqual([]);
  });

  /** Where names with underscores belong to the format that is spoken there. */
  const foreign =
    /^src\/(?:agent|api|client|cli|storage|audit|transparency|scanning\/detectors|identity\/(?:methods|platforms)|leases\/engines)\/|^src\/policy\/parse\.ts$|-table\.ts$/;

  test('words of the wire stay on the wire', () => {
    const columns = new Map<string, Set<string>>();
    for (const table of product.filter(({ path }) => path.endsWith('-table.ts'))) {
      const known = columns.get(dirname(table.path)) ?? new Set<string>();
      for (const name of snakeCaseNames(table)) known.add(name);
      columns.set(dirname(table.path), known);
    }
    const strays = product
      .filter(({ path }) => !foreign.test(path))
      .flatMap((file) => {
        const names = [...snakeCaseNames(file)].filter((name) => !columns.get(dirname(file.path))?.has(name));
        return names.map((name) => `${file.path}: ${name}`);
      });
    expect(strays).toEqual([]);
  });

  test('keys are given to OpenSSL as key objects, not as bytes', () => {
    const keyed = product.filter(({ path }) => /^src\/(?:foundation|keyring|audit|identity|store|access)\//.test(path));
    expect(callsWithRawKeys(keyed, repository)).toEqual([]);
  });
});
