import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeServer, fakeServer } from './testing/fake-server.ts';
import { run } from './testing/memory-terminal.ts';

const mounts = {
  'secret/': { type: 'kv', options: { version: '2' } },
  'secret/old/': { type: 'kv', options: null },
  'plain/': { type: 'kv', options: { version: '1' } },
  'cubbyhole/': { type: 'cubbyhole', options: null },
};
let server: FakeServer;
let maySeeMounts: boolean;

beforeEach(async () => {
  maySeeMounts = true;
  server = await fakeServer(({ method }) => {
    if (method === 'PUT') return undefined;
    return maySeeMounts ? { body: { data: { secret: mounts } } } : { status: 403, body: { errors: ['permission denied'] } };
  });
});
afterEach(() => server.close());

const write = (policy: string) =>
  run(['policy', 'write', 'p', '-'], {
    input: policy,
    env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: 'token-of-tests' },
  });
const rule = (path: string) => `path "${path}" {\n  capabilities = ["read"]\n}\n`;

it.each([
  ['secret/hello', 'secret/data/hello'],
  ['secret/*', undefined],
  ['secret/hel*', 'secret/data/hel*'],
  ['secret/team/+/db', 'secret/data/team/+/db'],
  ['secret/data/hello', undefined],
  ['secret/+/hello', undefined],
  ['secret/meta*', undefined],
  ['secret/metadata/', undefined],
  ['secret/old/hello', undefined],
  ['plain/hello', undefined],
  ['sys/mounts', undefined],
  ['secrets/hello', undefined],
])('a path of a versioned mount needs a view: %s, did you mean %s', async (path, meant) => {
  for (const policy of [rule(path), JSON.stringify({ path: { [path]: { capabilities: ['read'] } } })]) {
    const { code, out, err } = await write(policy);
    expect([code, out]).toEqual([0, 'Policy written: p\n']);
    expect(err).toBe(
      meant === undefined ? '' : `Warning: ${path} reaches no secret: secret/ is versioned. Did you mean ${meant}?\n`,
    );
  }
});

it('comments and values are no paths', async () => {
  const { err } = await write(`# path "secret/a"\n// path "secret/b"\n/* path\n"secret/c" */\n${rule('secret/data/#d')}`);
  expect(err).toBe('');
});

it.each(['', '# nothing\n', '{}', '{"path": {}}'])('a policy without a path grants nothing: %j', async (policy) => {
  expect((await write(policy)).err).toContain('grants nothing');
});

it('nothing is said of mounts that the token may not see', async () => {
  maySeeMounts = false;
  expect(await write(rule('secret/hello'))).toMatchObject({ code: 0, err: '' });
});
