import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const imports = `import { beforeAll, describe, expect, inject, test } from 'vitest';\n`;

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
  readonly last: string | undefined;
}

function vitest(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Run> {
  const { VITEST: _, NODE_OPTIONS: __, REQUIRE_SERVICES: ___, ...inherited } = process.env;
  const vitestMain = join(repository, 'node_modules/vitest/vitest.mjs');
  const env = { ...inherited, FORCE_COLOR: '0', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [vitestMain, 'run', ...args], { cwd: folder, env }, (error, stdout) => {
      const lines = stdout.trimEnd().split('\n');
      resolve({ code: error === null ? 0 : Number(error.code), lines, last: lines.at(-1) });
    });
  });
}

/** Runs vitest with our reporter on files of a folder of their own. */
async function runOf(files: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-closing-'));
  try {
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const reporter = join(repository, 'test/testing/closing-line.ts');
    const setup = 'setup.ts' in files ? './setup.ts' : join(repository, 'test/testing/services.ts');
    const test = { globalSetup: [setup], reporters: ['default', reporter] };
    await writeFile(join(folder, 'vitest.config.ts'), `export default { test: ${JSON.stringify(test)} };`);
    return await vitest(folder, [], environment);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.concurrent('the last line of a test run', () => {
  test('counts what passed, failed and was skipped', async () => {
    const run = await runOf({
      'a.test.ts': `${imports}test('a', () => {}); test('b', () => { expect(1).toBe(2); }); test.skip('c', () => {});`,
      'b.test.ts': `${imports}test('a', () => {}); describe.skipIf(true)('absent thing', () => { test('x', () => {}); });`,
    });
    expect(run).toMatchObject({ code: 1, last: '2 passed, 1 failed, 2 skipped' });
    expect(run.lines).toContain('skipped: b.test.ts > absent thing (1)');
  });

  test('does not speak of skipping where nothing was skipped', async () => {
    expect(await runOf({ 'a.test.ts': `${imports}test('a', () => {});` })).toMatchObject({ code: 0, last: '1 passed, 0 failed' });
  });

  test.for([
    ['a file that cannot be loaded', `import './absent.ts';`],
    ['a beforeAll that throws', `${imports}beforeAll(() => { throw new Error('no'); }); test('a', () => {});`],
    [
      'a beforeAll of a group that throws',
      `${imports}describe('g', () => { beforeAll(() => { throw new Error('no'); }); test('a', () => {}); });`,
    ],
    ['an error that no test caught', `${imports}test('a', async () => { Promise.reject(new Error('no')); });`],
    ['no test in a file', 'export {};'],
  ])('counts %s as one failure', async ([, text]) => {
    const run = await runOf({ 'a.test.ts': text ?? '' });
    expect(run.code).toBe(1);
    expect(run.last).toMatch(/^\d passed, 1 failed(, 1 skipped)?$/);
  });

  test('calls a failing global setup a failure', async () => {
    const run = await runOf({
      'a.test.ts': `${imports}test('a', () => {});`,
      'setup.ts': `export const setup = () => { throw new Error('no'); };`,
    });
    expect(run).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
  });

  test('calls a run without any test a failure', async () => {
    expect(await runOf({})).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
  });
});

describe('services', () => {
  const bare = { PATH: '/nonexistent' };
  const needy = `${imports}describe.skipIf(!inject('services').curl)('with curl', () => { test('a', () => {}); });\ntest('b', () => {});`;

  test('a missing one is named with the way to get it, and its tests are skipped', async () => {
    const run = await runOf({ 'a.test.ts': needy }, bare);
    expect(run).toMatchObject({ code: 0, last: '1 passed, 0 failed, 1 skipped' });
    expect(run.lines).toContain('not run, service missing: curl (apt-get install curl)');
  });

  test('with REQUIRE_SERVICES=1 a missing one ends the run instead', async () => {
    const run = await runOf({ 'a.test.ts': needy }, { ...bare, REQUIRE_SERVICES: '1' });
    expect(run).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
  });
});
