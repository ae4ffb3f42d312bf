import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startFakeSts } from '../testing/fake-sts.ts';
import { startFakeApiServer, startIssuer } from '../testing/issuer.ts';
import { startPostgresql } from '../testing/postgresql.ts';
import { startRabbitmq } from '../testing/rabbitmq.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { differences, performed } from './driven.ts';
import { startFakeSessionSts } from './fake-session-sts-server.ts';
import { startSecuredServer } from './secured-server.ts';

const runner = join(import.meta.dirname, 'hvac/run.py');
const { hvac: python, postgresql, rabbitmq } = inject('services');
const TIMEOUT_MS = 55_000;

interface Line {
  readonly test?: string;
  readonly error?: string | null;
  readonly shamir_root_token?: string;
}

interface Run {
  /** By test, as each one ended; one that is missing never ended. */
  readonly errors: ReadonlyMap<string, string | null>;
  readonly shamirRootToken: string;
}

/** Python writes its caches nowhere: the sources stay as they are checked out. */
const environment = { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
const unused = {
  WIRE_ADDRESS: '',
  WIRE_SHAMIR_ADDRESS: '',
  WIRE_ROOT_TOKEN: '',
  WIRE_ISSUER: '',
  WIRE_API_SERVER: '',
  WIRE_API_SERVER_CA: '',
  WIRE_TLS_ADDRESS: '',
  WIRE_TLS_FOLDER: '',
  WIRE_STS: '',
  WIRE_POSTGRESQL: '{}',
  WIRE_RABBITMQ: '{}',
  WIRE_SESSION_STS: '{}',
};

function listed(interpreter: string): readonly string[] {
  const output = execFileSync(interpreter, [runner, 'list'], { encoding: 'utf8', env: { ...environment, ...unused } });
  return output
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Line).test ?? []);
}

async function run(interpreter: string, variables: typeof unused): Promise<Run> {
  const child = spawn(interpreter, [runner, 'run'], {
    env: { ...environment, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIMEOUT_MS,
  });
  const errors = new Map<string, string | null>();
  let shamirRootToken = '';
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    // A failed part of a test (`subTest`) is named after the test.
    const name = line.test?.split(' ', 1)[0];
    if (name !== undefined) errors.set(name, line.error ?? errors.get(name) ?? null);
    shamirRootToken = line.shamir_root_token ?? shamirRootToken;
  }
  return { errors, shamirRootToken };
}

describe.skipIf(python === undefined || postgresql === undefined || !rabbitmq)('hvac', () => {
  const servers: RunningServer[] = [];
  const platforms: { close(): Promise<void> }[] = [];
  let outcome: Run = { errors: new Map(), shamirRootToken: '' };
  let rootToken: string;
  let doneSecured: readonly string[] = [];

  beforeAll(async () => {
    const [plain, shamir] = await Promise.all([startServer(), startServer({ args: ['--seal', 'shamir'] })]);
    servers.push(plain, shamir);
    rootToken = await plain.rootToken();
    const [issuer, apiServer, secured] = await Promise.all([startIssuer(), startFakeApiServer(), startSecuredServer()]);
    const sts = await startFakeSts();
    const [database, broker, sessions] = await Promise.all([
      startPostgresql(postgresql ?? ''),
      startRabbitmq(),
      startFakeSessionSts(),
    ]);
    platforms.push(issuer, apiServer, secured, sts, sessions, { close: () => database.stop() }, { close: () => broker.stop() });
    outcome = await run(python ?? '', {
      WIRE_ADDRESS: plain.url,
      WIRE_SHAMIR_ADDRESS: shamir.url,
      WIRE_ROOT_TOKEN: rootToken,
      WIRE_ISSUER: issuer.url,
      WIRE_API_SERVER: apiServer.url,
      WIRE_API_SERVER_CA: apiServer.ca,
      WIRE_STS: sts.url,
      WIRE_TLS_ADDRESS: secured.url,
      WIRE_TLS_FOLDER: secured.folder,
      WIRE_POSTGRESQL: JSON.stringify({ port: database.port, ...database.admin }),
      WIRE_RABBITMQ: JSON.stringify({ url: broker.url, ...broker.admin }),
      WIRE_SESSION_STS: JSON.stringify({ url: sessions.url, ...sessions.keys }),
    });
    doneSecured = await secured.performed();
  });
  afterAll(() => Promise.all([...servers.map((server) => server.stop()), ...platforms.map((platform) => platform.close())]));

  test.each(python === undefined ? ['every suite'] : listed(python))('%s', (name) => {
    const { errors } = outcome;
    expect(errors.get(name) ?? (errors.has(name) ? 'passed' : 'did not run')).toBe('passed');
  });

  test('the coverage table says of hvac what was done here', async () => {
    const [plain, shamir] = servers.map(({ url }) => url);
    const done = [
      'system.initialize',
      ...(await performed(plain ?? '', rootToken)),
      ...(await performed(shamir ?? '', outcome.shamirRootToken)),
      ...doneSecured,
    ];
    expect(differences('hvac', done)).toEqual({ claimedOnly: [], unclaimed: [] });
  });
});
