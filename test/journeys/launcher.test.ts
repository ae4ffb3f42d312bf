import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';

const repository = join(import.meta.dirname, '../..');
const tooOld = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } });\n";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-launcher-'));
  cpSync(join(repository, 'bin'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'too-old.cjs'), tooOld);
});
afterAll(() => rmSync(folder, { recursive: true }));

function onOldNode(...words: string[]) {
  const args = ['--require', join(folder, 'too-old.cjs'), join(folder, 'bin/watchword'), ...words];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('on a Node.js that is too old, the launcher', () => {
  it('says so in one line when it is installed', () => {
    const { status, stderr } = onOldNode('--help');
    expect([status, stderr]).toEqual([1, `watchword needs Node.js 22.18 or newer; this is ${process.version}\n`]);
  });

  it('says in the same line what to do when it runs from a clone', () => {
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts/with-node.cjs'), '');
    const { status, stderr } = onOldNode('--help');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^watchword needs Node.js 22.18 or newer; this is v[\d.]+\. Run `npm run build` once in .+\n$/);
    expect(stderr).toContain(folder);
  });

  it('runs on the one of the clone under the name it was called by', () => {
    const finder = join(folder, 'bin/bundled-node.cjs');
    const before = readFileSync(finder, 'utf8');
    writeFileSync(finder, `${before}exports.find = () => ${JSON.stringify(process.execPath)};\n`);
    mkdirSync(join(folder, 'node_modules/commander'), { recursive: true });
    writeFileSync(join(folder, 'bin/run.cjs'), 'console.log(JSON.stringify(process.argv.slice(1)));\n');
    const { stdout } = onOldNode('kv', 'get');
    expect(JSON.parse(stdout)).toEqual([join(folder, 'bin/watchword'), 'kv', 'get']);
  });
});

test('a clone without packages says in one line how to get them', () => {
  const clone = mkdtempSync(join(tmpdir(), 'watchword-launcher-'));
  try {
    cpSync(join(repository, 'bin'), join(clone, 'bin'), { recursive: true });
    mkdirSync(join(clone, 'scripts'));
    writeFileSync(join(clone, 'scripts/with-node.cjs'), '');
    const { status, stderr } = spawnSync(process.execPath, [join(clone, 'bin/watchword'), 'scan'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      1,
      `watchword has no packages yet. Run \`npm run build\` once in ${clone}: it fetches them\n`,
    ]);
  } finally {
    rmSync(clone, { recursive: true });
  }
});

test('what the pre-commit framework is told to call is there, and can be called', () => {
  const hooks = parse(readFileSync(join(repository, '.pre-commit-hooks.yaml'), 'utf8')) as { entry: string }[];
  expect(hooks.map(({ entry }) => entry.replace(/ .*/, ''))).toEqual(Array(2).fill('scripts/pre-commit-hook.cjs'));
  const { stdout } = spawnSync(join(repository, 'scripts/pre-commit-hook.cjs'), ['version'], { encoding: 'utf8' });
  expect(stdout).toMatch(/^watchword \d/);
});

describe('a program in the foreground', () => {
  const foreground = (script: string) => {
    const call = `require(${JSON.stringify(join(repository, 'bin/foreground.cjs'))})(process.execPath, ['-e', process.argv[1]])`;
    return spawn(process.execPath, ['-e', call, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that %s ends gives %i, as in a shell', async (signal, code) => {
    const child = foreground("console.log('ready'); setInterval(() => {}, 1000);");
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([code, null]);
  });

  it('gives its own code when it ends by itself, also upon a signal', async () => {
    const child = foreground("process.on('SIGINT', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000);");
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([7, null]);
  });
});
