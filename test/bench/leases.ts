import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { Secret } from '../../src/foundation/secret.ts';
import { scramVerifier } from '../../src/leases/engines/postgresql/scram.ts';
import { type PostgresqlServer, startPostgresql } from '../testing/postgresql.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { findServices } from '../testing/services.ts';
import type { Bench, BenchResult } from './bench.ts';
import { loop, percentile } from './load/closed-loop.ts';
import { fillLeases, timeDueLooks } from './load/lease-store.ts';
import { residentMiB, syncLatency } from './load/machine.ts';
import { mean, rounded } from './load/trial.ts';

const repository = join(import.meta.dirname, '../..');
/** Of the bare script, and of the engine. */
const CONNECTIONS = 4;
/** A credential waits for the disk and for PostgreSQL by turns: so many at once keep the connections busy. */
const BUSY = 48;
const CLIENTS = 16;
/** Milliseconds that a credential takes at half load, about: so that the pauses give half the rate. */
const LATENCY = 20;
/** Of a group: grants on one table by several at once meet in its row of the catalogue, and all but one begin anew. */
const GRANT = 'GRANT readers TO';
const HOUR = 3_600_000;
const LONGEST_WAIT_MS = 900_000;

/**
 * Credentials of a real PostgreSQL on this machine against a bare script with the same statements and as many connections, measured
 * before and after; a ledger of a million leases against an empty one; and many that end within one minute.
 * `--seconds N`, `--leases N` and `--expiring N` make it quick.
 */
const bench: Bench = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '8' },
      leases: { type: 'string', default: '1000000' },
      expiring: { type: 'string', default: '35000' },
    },
  });
  const programs = (await findServices()).postgresql;
  if (programs === undefined) throw new Error('this bench needs PostgreSQL: apt-get install postgresql');
  const dataDirectory = await mkdtemp(join(repository, '.bench-'));
  const postgresql = await startPostgresql(programs);
  const wanted = { seconds: Number(values.seconds), leases: Number(values.leases), expiring: Number(values.expiring) };
  try {
    await asInProduction(postgresql);
    await postgresql.query('CREATE ROLE readers NOLOGIN');
    return await measure(dataDirectory, postgresql, wanted);
  } finally {
    await postgresql.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
};

export default bench;

/** Tests want every statement in the log and do not mind a crash. */
async function asInProduction(postgresql: PostgresqlServer): Promise<void> {
  const settings = { fsync: 'on', shared_buffers: '128MB', log_statement: 'none', log_error_verbosity: 'default' };
  for (const [name, value] of Object.entries(settings)) await postgresql.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await postgresql.restart();
}

interface Wanted {
  readonly seconds: number;
  readonly leases: number;
  readonly expiring: number;
}

async function measure(dataDirectory: string, postgresql: PostgresqlServer, wanted: Wanted): Promise<BenchResult> {
  const load = loadavg()[0] ?? 0;
  let store = await openStore(dataDirectory);
  const mountId = await setUp(store, postgresql);
  const issuing = await measureIssuing(store, postgresql, wanted.seconds);
  await must(store, 'sys/leases/revoke-prefix/database/creds/bench', {});
  await waitUntilTakenBack(store);
  await store.server.stop();
  const empty = await measureLedger(dataDirectory);

  const filled = await fillLeases(dataDirectory, { mountId, count: wanted.leases, endsAt: () => Date.now() + 24 * HOUR });
  const looks = await timeDueLooks(dataDirectory, 2000);
  const full = await measureLedger(dataDirectory);

  store = await openStore(dataDirectory);
  await store.ask('POST', 'secret/data/x', { data: { a: 'b' } });
  await store.server.stop();
  const expiry = await measureExpiry(dataDirectory, postgresql, {
    mountId,
    count: wanted.expiring,
    standing: wanted.leases,
  });
  return {
    ratios: {
      'issue rate / bare script': issuing.rate / issuing.anchor,
      'read p99 while many end / idle': expiry.busy.p99 / expiry.idle.p99,
    },
    figures: {
      'load average before': rounded(load, 'processes'),
      'fdatasync of this disk, median': rounded(syncLatency(dataDirectory), 'ms'),
      'connections to PostgreSQL': { value: CONNECTIONS, unit: 'connections' },
      'clients, full load': { value: BUSY, unit: 'clients' },
      'clients, half load': { value: CLIENTS, unit: 'clients' },
      'bare script': rounded(issuing.anchor, 'roles/s'),
      'issue rate': rounded(issuing.rate, 'credentials/s'),
      'issue p50': rounded(issuing.p50, 'ms'),
      'issue p99': rounded(issuing.p99, 'ms'),
      'issue rate at half load': rounded(issuing.half.rate, 'credentials/s'),
      'issue p50 at half load': rounded(issuing.half.p50, 'ms'),
      'issue p99 at half load': rounded(issuing.half.p99, 'ms'),
      'live leases': { value: wanted.leases, unit: 'leases' },
      'making them': rounded(filled.seconds, 's'),
      'start, no leases': rounded(empty.start, 'ms'),
      'start, many leases': rounded(full.start, 'ms'),
      'look for due leases, p99': rounded(percentile(looks, 0.99), 'ms'),
      'page of 100 by prefix, p99': rounded(full.byPrefix, 'ms'),
      'page of 100 of one workload, p99': rounded(full.byWorkload, 'ms'),
      'list below a prefix, p99': rounded(full.list, 'ms'),
      'count of all, median': rounded(full.count, 'ms'),
      'resident memory, no leases': rounded(empty.memory.resident, 'MiB'),
      'resident memory, many leases': rounded(full.memory.resident, 'MiB'),
      'of it not the mapped database file, no leases': rounded(empty.memory.own, 'MiB'),
      'of it not the mapped database file, many leases': rounded(full.memory.own, 'MiB'),
      'leases that end within a minute': { value: wanted.expiring, unit: 'leases' },
      'read p50, idle': rounded(expiry.idle.p50, 'ms'),
      'read p99, idle': rounded(expiry.idle.p99, 'ms'),
      'read p50, while they are taken back': rounded(expiry.busy.p50, 'ms'),
      'read p99, while they are taken back': rounded(expiry.busy.p99, 'ms'),
      'taken back': rounded(expiry.rate, 'credentials/s'),
      'from the first end until all were taken back': rounded(expiry.seconds, 's'),
      'not taken back by then': { value: expiry.remaining, unit: 'credentials' },
    },
  };
}

interface Store {
  readonly server: RunningServer;
  ask(method: 'GET' | 'LIST' | 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; json: Answer }>;
}
type Answer = { data: Record<string, unknown>; [name: string]: unknown };

async function openStore(dataDirectory: string): Promise<Store> {
  const server = await startServer({ dataDirectory });
  const token = await server.rootToken();
  const pool = new Pool(server.url, { connections: 64, pipelining: 1 });
  return {
    server,
    async ask(method, path, body) {
      const query = method === 'LIST' ? '?list=true' : '';
      const answer = await pool.request({
        method: method === 'LIST' ? 'GET' : method,
        path: `/v1/${path}${query}`,
        headers: { 'x-vault-token': token, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, json: text === '' ? ({} as Answer) : JSON.parse(text) };
    },
  };
}

async function must(store: Store, path: string, body: object): Promise<void> {
  const { status, json } = await store.ask('POST', path, body);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
}

/** Gives the id of the mount. */
async function setUp(store: Store, { port, admin }: PostgresqlServer): Promise<string> {
  await must(store, 'sys/mounts/database', { type: 'database' });
  await must(store, 'database/config/bench', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
    allowed_roles: '*',
    max_open_connections: CONNECTIONS,
    ...admin,
  });
  const creation = `CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; ${GRANT} {{name}};`;
  await must(store, 'database/roles/bench', { db_name: 'bench', default_ttl: '12h', creation_statements: creation });
  const { json } = await store.ask('GET', 'sys/mounts/database');
  return String(json.data['uuid']);
}

async function measureIssuing(store: Store, postgresql: PostgresqlServer, seconds: number) {
  const issue = async () => {
    const { status, json } = await store.ask('GET', 'database/creds/bench');
    if (status !== 200) throw new Error(`issuing gave ${status}: ${JSON.stringify(json)}`);
  };
  await loop({ clients: BUSY, seconds: 2 }, issue);
  const anchors = [await bareScript(postgresql, seconds)];
  const full = await loop({ clients: BUSY, seconds }, issue);
  anchors.push(await bareScript(postgresql, seconds));
  const pauseMs = Math.max(1, (2 * CLIENTS * 1000) / full.rate - LATENCY);
  const half = await loop({ clients: CLIENTS, seconds, pauseMs }, issue);
  console.log(`issue: ${full.rate.toFixed(0)}/s, p99 ${full.p99.toFixed(1)} ms; at half load p99 ${half.p99.toFixed(1)} ms`);
  return { ...full, anchor: mean(anchors), half };
}

/** Roles per second of a script that does nothing else, with a verifier that it has made beforehand. */
async function bareScript(postgresql: PostgresqlServer, seconds: number): Promise<number> {
  const verifier = await scramVerifier(Secret.fromText('a password'), randomBytes(16));
  const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => postgresql.connect(postgresql.admin)));
  const made: string[] = [];
  const { rate } = await loop({ clients: CONNECTIONS, seconds }, async (client) => {
    const name = `bare_${randomBytes(10).toString('hex')}`;
    const session = sessions[client];
    await session?.query('BEGIN');
    await session?.query(`CREATE ROLE ${name} LOGIN PASSWORD '${verifier}' VALID UNTIL '2030-01-01T00:00:00Z'`);
    await session?.query(`${GRANT} ${name}`);
    await session?.query('COMMIT');
    made.push(name);
  });
  for (let at = 0; at < made.length; at += 200) {
    const some = made.slice(at, at + 200).join(', ');
    await sessions[0]?.query(`DROP ROLE ${some}`);
  }
  await Promise.all(sessions.map((session) => session.end()));
  console.log(`bare script: ${rate.toFixed(0)}/s`);
  return rate;
}

/** @throws Error when it takes too long */
async function waitUntilTakenBack(store: Store): Promise<void> {
  const began = performance.now();
  for (let left = await leasesOf(store); left > 0; left = await leasesOf(store)) {
    if (performance.now() - began > LONGEST_WAIT_MS) throw new Error(`${left} leases are not taken back`);
    await sleep(500);
  }
}

async function leasesOf(store: Store): Promise<number> {
  return Number((await store.ask('GET', 'sys/leases/count')).json.data['lease_count']);
}

/** A start, and pages of the ledger, of whatever is in it. */
async function measureLedger(dataDirectory: string) {
  const began = performance.now();
  const store = await openStore(dataDirectory);
  const start = performance.now() - began;
  const paged = (path: string, method: 'GET' | 'LIST' = 'GET') =>
    loop({ clients: 1, seconds: 2 }, async () => {
      const { status } = await store.ask(method, path);
      // There is nothing to list in an empty ledger.
      if (status !== 200 && !(method === 'LIST' && status === 404)) throw new Error(`${path} gave ${status}`);
    });
  const byPrefix = (await paged('sys/leases/search?prefix=database/creds&limit=100')).p99;
  const byWorkload = (await paged('sys/leases/search?workload=kubernetes:job-7&limit=100')).p99;
  const list = (await paged('sys/leases/lookup/database', 'LIST')).p99;
  const memory = memoryOf(store);
  // It reads the whole index, and so maps it.
  const count = (await paged('sys/leases/count')).p50;
  await store.server.stop();
  return { start, byPrefix, byWorkload, list, count, memory };
}

function memoryOf({ server }: Store) {
  const pid = server.process.pid ?? 0;
  return { resident: residentMiB(pid), own: residentMiB(pid, 'RssAnon') };
}

/** Reads of a secret before, and while what has ended is taken back at PostgreSQL. */
async function measureExpiry(
  dataDirectory: string,
  postgresql: PostgresqlServer,
  { mountId, count, standing }: { mountId: string; count: number; standing: number },
) {
  const first = Date.now() + 60_000 + count;
  const { names } = await fillLeases(dataDirectory, { mountId, count, endsAt: (n) => first + Math.floor((n / count) * 60_000) });
  for (let at = 0; at < names.length; at += 500) {
    const statements = names.slice(at, at + 500).map((name) => `CREATE ROLE "${name}" LOGIN; ${GRANT} "${name}"`);
    await postgresql.query(statements.join(';'));
  }
  const store = await openStore(dataDirectory);
  const read = async () => {
    const { status } = await store.ask('GET', 'secret/data/x');
    if (status !== 200) throw new Error(`a read gave ${status}`);
  };
  const reads = (seconds: number) => loop({ clients: 8, seconds, pauseMs: 10 }, read);
  await reads(5);
  const idle = await reads(20);
  if (Date.now() > first) throw new Error('the leases ended before everything was prepared');
  await sleep(first + 10_000 - Date.now());
  const busy = await reads(45);
  const left = async () => (await leasesOf(store)) - standing;
  const [atLeast, since] = [await left(), performance.now()];
  let remaining = atLeast;
  for (; remaining > 0 && Date.now() < first + LONGEST_WAIT_MS; remaining = await left()) await sleep(2000);
  const rate = (atLeast - remaining) / ((performance.now() - since) / 1000);
  const seconds = (Date.now() - first) / 1000;
  await store.server.stop();
  return { idle, busy, rate, seconds, remaining };
}
