import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/foundation/node-files.ts';
import { LogReader } from '../../src/transparency/log-reader.ts';
import { verifyLog } from '../../src/transparency/verify-log.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type VaultAnswer, VaultClient } from '../testing/vault-client.ts';

/** Everything here is done while the server is down, by somebody who can write to its disk and has no key. */
let folder: string;
/** The same store, stopped cleanly at two times. */
let older: string;
let newer: string;
/** A copy of the newer one, to be altered. */
let altered: string;
let rootToken: string;
let parent: string;
let child: string;
let server: RunningServer | undefined;

type Row = Record<string, SQLInputValue>;

async function live(dataDirectory: string, work: (client: VaultClient) => Promise<void>): Promise<void> {
  server = await startServer({ dataDirectory });
  rootToken = await server.rootToken();
  const client = new VaultClient(server.url, rootToken);
  await work(client);
  client.close();
  await server.stop();
  server = undefined;
}

const put = async (client: VaultClient, name: string, n: number) => {
  expect((await client.send('POST', `secret/data/${name}`, { body: { data: { n } } })).status).toBe(200);
};
const putPolicy = (client: VaultClient, policy: string) => client.send('PUT', 'sys/policies/acl/team', { body: { policy } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-tampered-'));
  older = join(folder, 'older');
  newer = join(folder, 'newer');
  await live(older, async (client) => {
    for (const name of ['row', 'version', 'moved', 'left', 'right', 'whole', 'copied', 'untouched']) await put(client, name, 1);
    await putPolicy(client, 'path "secret/data/*" { capabilities = ["read"] }');
    const create = async (token: string) =>
      (await client.send('POST', 'auth/token/create', { token, body: { policies: ['root'] } })).json.auth.client_token;
    parent = await create(rootToken);
    child = await create(parent);
  });
  await cp(older, newer, { recursive: true });
  await live(newer, async (client) => {
    for (const name of ['row', 'version', 'moved', 'whole', 'copied']) await put(client, name, 2);
    await putPolicy(client, 'path "secret/data/untouched" { capabilities = ["deny"] }');
    expect((await client.send('POST', 'auth/token/revoke', { body: { token: parent } })).status).toBe(204);
  });
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  altered = join(folder, 'altered');
  await cp(newer, altered, { recursive: true });
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(altered, { recursive: true });
});

function inDatabase<Result>(directory: string, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(directory, 'watchword.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}
const rows = (directory: string, query: string, ...values: SQLInputValue[]): Row[] =>
  inDatabase(directory, (database) => database.prepare(query).all(...values) as Row[]);

function putRow(table: string, row: Row): void {
  const names = Object.keys(row);
  const text = `insert or replace into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
  inDatabase(altered, (database) => database.prepare(text).run(...Object.values(row)));
}

const entryOf = (directory: string, path: string): Row =>
  rows(directory, 'select * from kv_entry where path = ?', path)[0] as Row;
const versionOf = (directory: string, path: string, version: number): Row =>
  rows(
    directory,
    'select v.* from kv_version v join kv_entry e using (entry_id) where e.path = ? and v.version = ?',
    path,
    version,
  )[0] as Row;

interface Event {
  readonly metadata: { readonly uid: string };
  readonly status_code?: string;
}

async function eventOf(requestId: string): Promise<Event | undefined> {
  for await (const { bytes } of new LogReader(nodeFiles, join(altered, 'audit')).linesFrom(0)) {
    const event = JSON.parse(bytes.toString('utf8')) as Event;
    if (event.metadata.uid === requestId) return event;
  }
  return undefined;
}

/** An incident and nothing else for whoever asked; the log says what it was. */
async function expectFoundOut({ status, text, json }: VaultAnswer): Promise<void> {
  expect([status, text.length < 100]).toEqual([500, true]);
  const incident = /^incident (\S+)$/.exec(json.errors[0])?.[1] ?? '';
  expect((await eventOf(incident))?.status_code).toMatch(/^keyring\.(tampered|rolled-back)$/);
}

describe('rows that were altered are found out when they are read:', () => {
  const read = (client: VaultClient, name: string) => client.send('GET', `secret/data/${name}`);

  test('single older ones, moved and swapped ciphertexts, removed ones', async () => {
    putRow('kv_entry', entryOf(older, 'row'));
    putRow('kv_version', { ...versionOf(newer, 'version', 2), sealed: versionOf(newer, 'version', 1).sealed as Uint8Array });
    putRow('kv_entry', { ...entryOf(newer, 'moved'), sealed: entryOf(newer, 'untouched').sealed as Uint8Array });
    const [left, right] = [versionOf(newer, 'left', 1), versionOf(newer, 'right', 1)];
    putRow('kv_version', { ...left, sealed: right.sealed as Uint8Array });
    putRow('kv_version', { ...right, sealed: left.sealed as Uint8Array });
    const gone = versionOf(newer, 'copied', 2);
    inDatabase(altered, (database) =>
      database.prepare('delete from kv_version where entry_id = ? and version = ?').run(gone.entry_id as string, 2),
    );
    await live(altered, async (client) => {
      for (const name of ['row', 'version', 'moved', 'left', 'right', 'copied']) await expectFoundOut(await read(client, name));
      expect((await read(client, 'untouched')).json.data.data).toEqual({ n: 1 });
    });
  });

  test('a token that went with the one above it, and was put back alone, serves nobody', async () => {
    const now = new Set(rows(newer, 'select token_hash from token').map((row) => row.token_hash));
    const gone = rows(older, 'select * from token').filter((row) => !now.has(row.token_hash as string));
    expect(gone).toHaveLength(2);
    for (const row of gone) if (gone.some((other) => other.token_hash === row.parent_hash)) putRow('token', row);
    await live(altered, async (client) => {
      expect((await client.send('GET', 'auth/token/lookup-self', { token: child })).status).toBe(403);
    });
  });

  test('an older policy grants nothing', async () => {
    for (const row of rows(older, "select * from policy where name = 'team'")) putRow('policy', row);
    await live(altered, async (client) => {
      const created = await client.send('POST', 'auth/token/create', { body: { policies: ['team'] } });
      const token: string | undefined = created.json.auth?.client_token;
      if (token === undefined) return expectFoundOut(created);
      await expectFoundOut(await client.send('GET', 'secret/data/untouched', { token }));
    });
  });
});

describe('a store that was altered as a whole does not start:', () => {
  /** What a person reads: what is wrong and what to do, without a trace of the code. */
  async function expectRefused(...words: string[]): Promise<void> {
    const refusal = await startServer({ dataDirectory: altered }).then(
      async (running) => {
        await running.stop();
        return 'it started';
      },
      (error: Error) => error.message,
    );
    const lines = refusal.trim().split('\n').slice(1);
    expect(lines.length, refusal).toBeLessThanOrEqual(2);
    expect(lines[0]).toMatch(/^Error: /);
    for (const word of words) expect(refusal).toContain(word);
    expect(refusal).not.toContain('    at ');
  }

  test('an older database', async () => {
    await cp(join(older, 'watchword.db'), join(altered, 'watchword.db'));
    await expectRefused('the database lacks the change of event');
  });

  test('a log that was cut, by its last event or by half', async () => {
    const log = join(altered, 'audit', '00000000000000000000.events');
    const text = await readFile(log, 'utf8');
    for (const kept of [text.lastIndexOf('\n', text.length - 2) + 1, text.indexOf('\n', text.length / 2) + 1]) {
      await truncate(log, kept);
      await expectRefused('log');
      await writeFile(log, text);
    }
  });

  test('an older log', async () => {
    await rm(join(altered, 'audit'), { recursive: true });
    await cp(join(older, 'audit'), join(altered, 'audit'), { recursive: true });
    await expectRefused('the log ends at event');
  });

  test('no log at all', async () => {
    await rm(join(altered, 'audit'), { recursive: true });
    await expectRefused('the log');
  });
});

test('an event that was changed is named by the verifier', async () => {
  const log = join(altered, 'audit', '00000000000000000000.events');
  const text = await readFile(log, 'utf8');
  await writeFile(log, text.replace('secret/data/left', 'secret/data/lift'));
  const { failure } = await verifyLog(new LogReader(nodeFiles, join(altered, 'audit')));
  const changed = text.slice(0, text.indexOf('secret/data/left')).split('\n').length - 1;
  expect(failure).toMatchObject({ from: changed, to: changed + 1 });
});

test('database and log put back together start, and a checkpoint kept elsewhere shows it', async () => {
  const kept = await new LogReader(nodeFiles, join(newer, 'audit')).lastCheckpoint();
  await rm(altered, { recursive: true });
  await cp(older, altered, { recursive: true });
  await live(altered, async (client) => {
    for (let n = 0; n < 20; n++) await put(client, 'row', n);
  });
  const { failure } = await verifyLog(new LogReader(nodeFiles, join(altered, 'audit')), { checkpoint: kept });
  expect(failure?.message).toContain('the checkpoint kept elsewhere');
});
