import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';

const runner = join(import.meta.dirname, 'hvac/run.py');
const { hvac: python } = inject('services');
const TIMEOUT_MS = 55_000;

interface Line {
  readonly test: string;
  readonly error?: string | null;
}

/** Python writes its caches nowhere: the sources stay as they are checked out. */
const environment = { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
const unused = { WIRE_ADDRESS: '', WIRE_SHAMIR_ADDRESS: '', WIRE_ROOT_TOKEN: '' };

function listed(interpreter: string): readonly string[] {
  const output = execFileSync(interpreter, [runner, 'list'], { encoding: 'utf8', env: { ...environment, ...unused } });
  return output
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Line).test);
}

/** Errors by test, as each one ends; a test that is missing never ended. */
async function run(interpreter: string, variables: typeof unused): Promise<ReadonlyMap<string, string | null>> {
  const child = spawn(interpreter, [runner, 'run'], {
    env: { ...environment, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIMEOUT_MS,
  });
  const ended = new Map<string, string | null>();
  for await (const line of createInterface({ input: child.stdout })) {
    const { test: name, error = null } = JSON.parse(line) as Line;
    // A failed part of a test (`subTest`) is named after the test.
    const whole = name.split(' ', 1)[0] ?? name;
    ended.set(whole, error ?? ended.get(whole) ?? null);
  }
  return ended;
}

describe.skipIf(python === undefined)('hvac', () => {
  const servers: RunningServer[] = [];
  let results: ReadonlyMap<string, string | null> = new Map();

  beforeAll(async () => {
    const [plain, shamir] = await Promise.all([startServer(), startServer({ args: ['--seal', 'shamir'] })]);
    servers.push(plain, shamir);
    results = await run(python ?? '', {
      WIRE_ADDRESS: plain.url,
      WIRE_SHAMIR_ADDRESS: shamir.url,
      WIRE_ROOT_TOKEN: await plain.rootToken(),
    });
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  test.each(python === undefined ? ['every suite'] : listed(python))('%s', (name) => {
    expect(results.get(name) ?? (results.has(name) ? 'passed' : 'did not run')).toBe('passed');
  });
});
