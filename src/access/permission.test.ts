import { describe, expect, test } from 'vitest';
import { codeOf, marks, open, value } from './testing/sample-door.ts';

describe('authorisation', () => {
  test('nothing is granted by default', async () => {
    await using world = await open();
    await world.issue('bob', { policies: [] });
    await world.issue('eve', { policies: ['no-such-policy'] });
    for (const as of ['bob', 'eve']) expect(await codeOf(world.perform('write', value('v'), { as }))).toBe('access.denied');
  });

  test('a policy grants its path and nothing beside it, and the event names the policy', async () => {
    await using world = await open();
    await world.setPolicy('writer', 'path "test/a" { capabilities = ["update"] }');
    await world.issue('bob', { policies: ['writer'] });
    await world.perform('write', value('v'), { as: 'bob' });
    expect(world.audit.records.at(-1)?.grantedBy).toEqual(['writer']);
    expect(await codeOf(world.perform('write', { name: 'b' }, { as: 'bob' }))).toBe('access.denied');
    expect(await codeOf(world.perform('read', { name: 'a' }, { as: 'bob' }))).toBe('access.denied');
  });

  test('deny beats every grant', async () => {
    await using world = await open();
    await world.setPolicy(
      'all',
      'path "test/*" { capabilities = ["update", "read"] }\npath "test/a" { capabilities = ["update"] }',
    );
    await world.setPolicy('not', 'path "test/a" { capabilities = ["deny"] }');
    await world.issue('bob', { policies: ['all', 'not'] });
    expect(await codeOf(world.perform('write', value('v'), { as: 'bob' }))).toBe('access.denied');
    await world.perform('write', { name: 'b' }, { as: 'bob' });
  });

  test('a policy counts from the next request on, and no longer than until the next', async () => {
    await using world = await open();
    await world.issue('bob', { policies: ['writer'] });
    const attempt = () => world.perform('write', value('v'), { as: 'bob' });
    expect(await codeOf(attempt())).toBe('access.denied');
    await world.setPolicy('writer', 'path "test/*" { capabilities = ["update"] }');
    await attempt();
    await world.setPolicy('writer', 'path "test/*" { capabilities = ["read"] }');
    expect(await codeOf(attempt())).toBe('access.denied');
  });

  test('what needs sudo asks for it besides the capability', async () => {
    await using world = await open();
    await world.setPolicy('plain', 'path "test/*" { capabilities = ["update"] }');
    await world.setPolicy('sudo', 'path "test/*" { capabilities = ["update", "sudo"] }');
    await world.issue('bob', { policies: ['plain'] });
    await world.issue('ann', { policies: ['sudo'] });
    expect(await codeOf(world.perform('danger', { name: 'a' }, { as: 'bob' }))).toBe('access.denied');
    expect(await codeOf(world.perform('sometimes', { name: 'a' }, { as: 'bob' }))).toBe('access.denied');
    await world.perform('sometimes', { name: 'b' }, { as: 'bob' });
    await world.perform('danger', { name: 'a' }, { as: 'ann' });
  });

  test('a capability may depend on what exists, and is handed to the operation', async () => {
    await using world = await open();
    await world.setPolicy('creator', 'path "test/*" { capabilities = ["create"] }');
    await world.issue('bob', { policies: ['creator'] });
    expect((await world.perform('upsert', { name: 'new' }, { as: 'bob' })).output).toEqual({ capability: 'create' });
    expect(await codeOf(world.perform('upsert', { name: 'old' }, { as: 'bob' }))).toBe('access.denied');
  });

  test('parameters and wrapping reach the policy', async () => {
    await using world = await open();
    await world.setPolicy(
      'narrow',
      `path "test/a" { capabilities = ["update"] allowed_parameters = { "ttl" = ["1h"] } }
       path "test/b" { capabilities = ["update"] min_wrapping_ttl = "10s" max_wrapping_ttl = "60s" }`,
    );
    await world.issue('bob', { policies: ['narrow'] });
    const as = 'bob';
    await world.perform('write', { name: 'a' }, { as, parameters: { ttl: '1h' } });
    expect(await codeOf(world.perform('write', { name: 'a' }, { as, parameters: { ttl: '2h' } }))).toBe('access.denied');
    await world.perform('write', { name: 'b' }, { as, wrapTtl: 30 });
    for (const wrapTtl of [undefined, 5, 90]) {
      expect(await codeOf(world.perform('write', { name: 'b' }, { as, wrapTtl }))).toBe('access.denied');
    }
  });

  test('what is for every session needs no policy, but a session', async () => {
    await using world = await open();
    await world.issue('bob', { policies: [] });
    await world.perform('mine', { name: 'a' }, { as: 'bob' });
    expect(await codeOf(world.perform('mine', { name: 'a' }, { as: '' }))).toBe('access.token-missing');
  });
});

describe('wrapping', () => {
  test('withholds the answer and says where it is', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    const answer = await world.perform('read', { name: 'a' }, { wrapTtl: 60 });
    expect(answer.output).toBeUndefined();
    expect(answer.wrapped).toMatchObject({ ttl: 60, creationPath: 'test/a' });
    expect((await world.wrapping.contents(world.storage.reader)).join()).toContain(Buffer.from('v').toString('base64'));
    expect(world.audit.story(2)).toEqual(['intent/pending', 'outcome/success']);
  });

  test('an answer of nothing is not wrapped', async () => {
    await using world = await open();
    const answer = await world.perform('write', value('v'), { wrapTtl: 60 });
    expect(answer).toMatchObject({ output: null, wrapped: undefined });
    expect(await world.wrapping.contents(world.storage.reader)).toEqual([]);
  });

  test('a refused request leaves no wrapped answer', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('read', { name: 'absent' }, { wrapTtl: 60 }))).toBe('store.missing');
    expect(await world.wrapping.contents(world.storage.reader)).toEqual([]);
  });

  test('strangers cannot fill the database by asking for unrecorded answers to be wrapped', async () => {
    await using world = await open();
    for (let i = 0; i < 3; i++) {
      const answer = await world.perform('health', { name: 'a' }, { as: '', wrapTtl: 60 });
      expect(answer).toMatchObject({ output: { healthy: true }, wrapped: undefined });
    }
    expect(await world.wrapping.contents(world.storage.reader)).toEqual([]);
    expect(marks(world)).toEqual([]);
  });
});

describe('a token for so many uses', () => {
  test('serves the last one exactly once, however many ask at a time', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    await world.setPolicy('reader', 'path "test/*" { capabilities = ["read"] }');
    await world.issue('once', { policies: ['reader'], uses: 1 });
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, () => world.perform('read', { name: 'a' }, { as: 'once' })),
    );
    const codes = answers.map((answer) => (answer.status === 'fulfilled' ? 'served' : answer.reason.code));
    expect(codes.filter((code) => code === 'served')).toHaveLength(1);
    expect(codes.filter((code) => code === 'access.token-invalid' || code === 'request.limited')).toHaveLength(49);
    expect(world.authenticator.ended).toEqual(['once']);
  });

  test('a use is counted with what it did, or not at all', async () => {
    await using world = await open();
    await world.setPolicy('writer', 'path "test/*" { capabilities = ["update"] }');
    await world.issue('thrice', { policies: ['writer'], uses: 3 });
    const as = 'thrice';
    await world.perform('write', value('v'), { as });
    expect(await world.authenticator.usesLeft(world.storage.reader, as)).toBe(2);
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('write', value('w'), { as }))).toBe('audit.unavailable');
    expect(await world.authenticator.usesLeft(world.storage.reader, as)).toBe(2);
  });

  test('refused requests use it up as well, once the refusal is logged', async () => {
    await using world = await open();
    await world.setPolicy('reader', 'path "test/a*" { capabilities = ["read"] }');
    await world.issue('thrice', { policies: ['reader'], uses: 3 });
    const as = 'thrice';
    expect(await codeOf(world.perform('read', { name: 'b' }, { as }))).toBe('access.denied');
    expect(await codeOf(world.perform('read', { name: 1 }, { as }))).toBe('request.invalid');
    expect(await codeOf(world.perform('read', { name: 'absent' }, { as }))).toBe('store.missing');
    expect(await codeOf(world.perform('read', { name: 'absent' }, { as }))).toBe('access.token-invalid');
    expect(world.authenticator.ended).toEqual([as]);
  });

  test('an action uses it up too', async () => {
    await using world = await open();
    await world.setPolicy('actor', 'path "test/*" { capabilities = ["update"] }');
    await world.issue('once', { policies: ['actor'], uses: 1 });
    await world.perform('act', { name: 'a' }, { as: 'once' });
    expect(await codeOf(world.perform('act', { name: 'a' }, { as: 'once' }))).toBe('access.token-invalid');
  });
});

describe('an operation that another capability will do for', () => {
  const outcome = async (rule: string, name: string, parameters = {}) => {
    await using world = await open();
    await world.setPolicy('p', `path "test/*" { ${rule} }`);
    await world.issue('bob', { policies: ['p'] });
    return await world.perform('either', { name }, { as: 'bob', parameters }).then(
      () => 'done',
      () => 'denied',
    );
  };

  test('takes it where the first is not granted, and only where it says so', async () => {
    expect(await outcome('capabilities = ["read"]', 'a')).toBe('done');
    expect(await outcome('capabilities = ["read"]', 'b')).toBe('denied');
    expect(await outcome('capabilities = ["update"]', 'b')).toBe('done');
    expect(await outcome('capabilities = ["list"]', 'a')).toBe('denied');
  });

  test('is not let past a deny, nor past the parameters of the first', async () => {
    expect(await outcome('capabilities = ["read", "deny"]', 'a')).toBe('denied');
    const rule = 'capabilities = ["read", "update"]\n denied_parameters = { "ttl" = [] }';
    expect(await outcome(rule, 'a', { ttl: '1h' })).toBe('denied');
    expect(await outcome(rule, 'a')).toBe('done');
  });
});
