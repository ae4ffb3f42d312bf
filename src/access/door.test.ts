import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import { testMount } from './testing/test-caller.ts';
import { openTestDoor, type TestDoor } from './testing/test-door.ts';
import { testAction, testChange, testRead, thingMigration } from './testing/test-operations.ts';

const nameIn = (input: unknown) => (input as { name: string }).name;
const options = { migrations: [thingMigration] };
const open = () =>
  openTestDoor(
    [
      testRead('read'),
      testChange('write'),
      testAction('act'),
      testRead('public', { authentication: 'none', perform: async () => ({ open: true }) }),
      testRead('health', {
        authentication: 'none',
        whileSealed: true,
        perform: async () => ({ healthy: true }),
        event: { class: 'entity-change', activity: 'read', clear: [], recorded: false },
      }),
      testRead('mine', { authorization: 'session', perform: async () => null }),
      testChange('danger', { sudo: true }),
      testChange('sometimes', { sudo: (input) => nameIn(input) === 'a' }),
      testChange('upsert', {
        capability: async (input) => (nameIn(input) === 'new' ? 'create' : 'update'),
        perform: async (_input, { capability }) => ({ capability }),
      }),
      testRead('broken', {
        perform: async () => {
          throw new TypeError(`cannot read ${'canary'}\n    at canary`);
        },
      }),
    ],
    options,
  );

const value = (text: string) => ({ name: 'a', value: Secret.fromText(text) });
const rejection = async (answer: Promise<unknown>): Promise<WatchwordError> => {
  try {
    await answer;
  } catch (error) {
    if (error instanceof WatchwordError) return error;
    throw error;
  }
  throw new Error('it was answered');
};
const codeOf = async (answer: Promise<unknown>) => (await rejection(answer)).code;
const storedValue = ({ look }: TestDoor, name = 'a') => look('SELECT value FROM test_thing WHERE name = ?', name)[0]?.['value'];
const marks = ({ look }: TestDoor) => look('SELECT intent FROM change_applied').map(({ intent }) => intent);

describe('what is reachable', () => {
  test('only what is declared', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('constructor'))).toBe('request.unsupported');
    expect(world.audit.records).toEqual([]);
  });

  test('an operation is declared once', async () => {
    await expect(openTestDoor([testRead('read'), testChange('read')])).rejects.toMatchObject({ code: 'internal' });
  });

  test.for([
    [
      'a change',
      testChange('quiet', { authentication: 'none', event: { class: 'login', activity: 'other', clear: [], recorded: false } }),
    ],
    [
      'a read that needs a token',
      testRead('quiet', { event: { class: 'login', activity: 'other', clear: [], recorded: false } }),
    ],
  ] as const)('%s cannot be declared unrecorded', async ([, operation]) => {
    await expect(openTestDoor([operation])).rejects.toMatchObject({ code: 'internal' });
  });

  test('a sealed store answers only what is meant for it, and logs nothing under keys it lacks', async () => {
    await using world = await open();
    world.keyring.seal();
    expect(await codeOf(world.perform('read', { name: 'a' }))).toBe('seal.sealed');
    expect(await codeOf(world.perform('public', { name: 'a' }))).toBe('seal.sealed');
    expect((await world.perform('health', { name: 'a' })).output).toEqual({ healthy: true });
    expect(world.audit.records).toEqual([]);
  });
});

describe('the order of things', () => {
  test('a stranger does not learn whether the request was well formed', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('read', { name: 1 }, { as: '' }))).toBe('access.token-missing');
    expect(await codeOf(world.perform('read', { name: 1 }, { as: 'nobody' }))).toBe('access.token-invalid');
  });

  test('who may not, does not learn whether there is something', async () => {
    await using world = await open();
    await world.issue('bob', { policies: ['none'] });
    expect(await codeOf(world.perform('read', { name: 'absent' }, { as: 'bob' }))).toBe('access.denied');
    expect(await codeOf(world.perform('read', { name: 'absent' }))).toBe('store.missing');
  });

  test('a malformed request names the declared field, never what the caller sent', async () => {
    await using world = await openTestDoor([
      testChange('write', { input: z.object({ options: z.record(z.string().max(3), z.string().max(3)) }), path: () => 'test/x' }),
    ]);
    for (const given of [{ options: { canary: 'x' } }, { options: { a: 'canary' } }, { options: 'canary' }, 'canary', null]) {
      const error = await rejection(world.perform('write', given));
      expect(error.code).toBe('request.invalid');
      expect(`${error.message} ${error.where}`).not.toContain('canary');
    }
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  });

  test('an intent is durable before anything changes, and the change is durable before its outcome', async () => {
    await using world = await open();
    const seen: unknown[] = [];
    world.audit.after = async ({ phase }) => {
      if (phase === 'intent') {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(['intent', storedValue(world), marks(world)]);
      }
    };
    world.audit.before = async ({ phase }) => {
      if (phase === 'outcome') seen.push(['outcome', storedValue(world), marks(world)]);
    };
    await world.perform('write', value('new'));
    expect(seen).toEqual([
      ['intent', undefined, []],
      ['outcome', 'new', [0]],
    ]);
  });

  test('an answer leaves after its event is durable', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    const gate = Promise.withResolvers<void>();
    world.audit.before = () => gate.promise;
    let answered = false;
    const answer = world.perform('read', { name: 'a' }).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    gate.resolve();
    await answer;
    expect(world.audit.story(2)).toEqual(['complete/success']);
  });
});

describe('when the log cannot be written', () => {
  test('a read is performed and not answered', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('read', { name: 'a' }))).toBe('audit.unavailable');
  });

  test('a change is not begun', async () => {
    await using world = await open();
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('write', value('v')))).toBe('audit.unavailable');
    expect(storedValue(world)).toBeUndefined();
  });

  test('an action is not begun', async () => {
    let acted = false;
    await using world = await openTestDoor([
      testAction('act', {
        perform: async () => {
          acted = true;
          return null;
        },
      }),
    ]);
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('act', { name: 'a' }))).toBe('audit.unavailable');
    expect(acted).toBe(false);
  });

  test('a refusal is not told either', async () => {
    await using world = await open();
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('read', { name: 'absent' }))).toBe('audit.unavailable');
    expect(await codeOf(world.perform('read', { name: 'a' }, { as: 'nobody' }))).toBe('audit.unavailable');
  });

  test('a change that failed is not told when only its outcome is missing', async () => {
    await using world = await openTestDoor([
      testChange('write', {
        perform: async () => {
          throw new WatchwordError('store.check-and-set');
        },
      }),
    ]);
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    expect(await codeOf(world.perform('write', { name: 'a' }))).toBe('audit.unavailable');
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/failure/internal']);
  });

  test('a change whose outcome cannot be logged is settled later as what it was', async () => {
    await using world = await open();
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    expect(await codeOf(world.perform('write', value('v')))).toBe('audit.unavailable');
    expect(storedValue(world)).toBe('v');
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect(world.audit.records[1]).toMatchObject({ intent: 0, facts: { recovered: true }, requestId: 'call-1' });
    expect(await world.settlement.recover()).toBe(0);
  });
});

describe('events', () => {
  test('a read leaves one, a change two', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    await world.perform('read', { name: 'a' });
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success', 'complete/success']);
    expect(world.audit.records[1]).toMatchObject({ intent: 0, requestId: 'call-1', path: 'test/a', grantedBy: ['root'] });
    expect(world.audit.records[2]).toMatchObject({ operation: 'read', mount: { id: 'test/', path: 'test/', kind: 'test' } });
  });

  test('what an unrecorded operation reveals is not worth one', async () => {
    await using world = await open();
    await world.perform('health', { name: 'a' }, { as: '' });
    expect(world.audit.records).toEqual([]);
  });

  test.for([
    ['no token', 'read', { name: 'a' }, '', 'complete/denied/access.token-missing'],
    ['an unknown token', 'read', { name: 'a' }, 'nobody', 'complete/denied/access.token-invalid'],
    ['a malformed request', 'read', { name: 1 }, 'root', 'complete/failure/request.invalid'],
    ['no permission', 'read', { name: 'a' }, 'bob', 'complete/denied/access.denied'],
    ['no permission to change', 'write', { name: 'a' }, 'bob', 'complete/denied/access.denied'],
    ['nothing there', 'read', { name: 'absent' }, 'root', 'complete/failure/store.missing'],
    ['a defect', 'broken', { name: 'a' }, 'root', 'complete/failure/internal'],
  ] as const)('%s leaves exactly one', async ([, operation, input, as, story]) => {
    await using world = await open();
    await world.issue('bob', { policies: ['none'] });
    await rejection(world.perform(operation, input, { as }));
    expect(world.audit.story()).toEqual([story]);
  });

  test('a change that fails is undone, and its outcome says so', async () => {
    await using world = await openTestDoor(
      [
        testChange('write', {
          async perform(input, context) {
            await testChange('inner').perform(input, context as never);
            throw new WatchwordError('store.check-and-set');
          },
        }),
      ],
      options,
    );
    expect(await codeOf(world.perform('write', value('v')))).toBe('store.check-and-set');
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/failure/store.check-and-set']);
    expect(storedValue(world)).toBeUndefined();
    expect(marks(world)).toEqual([]);
  });

  test('clear fields are clear, everything else is a digest', async () => {
    await using world = await open();
    await world.perform('write', { ...value('canary-one'), extra: { deep: ['canary-two', 4711], note: 'canary-three' } });
    await world.perform('read', { name: 'a' });
    const text = JSON.stringify(world.audit.records);
    expect(text).not.toContain('canary');
    expect(text).not.toContain('4711');
    const [intent, outcome, read] = world.audit.records;
    expect(intent?.facts).toEqual({ name: 'a' });
    expect(intent?.requestDigests).toContain(world.audit.digester.value('canary-one'));
    expect(intent?.requestDigests).toHaveLength(4);
    expect(intent?.responseDigests).toBeUndefined();
    expect(outcome?.responseDigests).toBeUndefined();
    expect(read?.responseDigests).toHaveLength(1);
  });

  test('a field declared clear is digested when it holds more than a plain value', async () => {
    await using world = await openTestDoor([
      testRead('read', {
        input: z.object({ name: z.unknown() }),
        path: () => 'test/x',
        perform: async () => null,
      }),
    ]);
    await world.perform('read', { name: { inner: 'canary' } });
    await world.perform('read', { name: Secret.fromText('canary') });
    await world.perform('read', { name: ['canary', { x: 1 }] });
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
    expect(world.audit.records.map(({ requestDigests }) => requestDigests?.length)).toEqual([1, 1, 2]);
  });

  test('an operation that digests its own answer is believed', async () => {
    await using world = await openTestDoor([
      testRead('read', {
        async perform(_input, { noteResponseDigests, note, digester }) {
          note({ version: 3 });
          noteResponseDigests([digester.value('v')]);
          return { value: 'v' };
        },
      }),
    ]);
    await world.perform('read', { name: 'a' });
    expect(world.audit.records[0]).toMatchObject({
      facts: { name: 'a', version: 3 },
      responseDigests: [world.audit.digester.value('v')],
    });
  });

  test('metrics hear how each request ended', async () => {
    const heard: string[] = [];
    await using world = await openTestDoor([testRead('read', { perform: async () => null })], {
      observe: (operation) => (outcome) => heard.push(`${operation} ${outcome}`),
    });
    await world.perform('read', { name: 'a' });
    await rejection(world.perform('read', { name: 'a' }, { as: '' }));
    expect(heard).toEqual(['read success', 'read access.token-missing']);
  });

  test('an unknown error becomes internal, and its message goes nowhere', async () => {
    const logged: string[] = [];
    const note = (...all: unknown[]) => void logged.push(JSON.stringify(all));
    await using world = await openTestDoor(
      [
        testRead('broken', {
          perform: async () => {
            throw new TypeError('cannot read canary\n    at canary');
          },
        }),
      ],
      { logger: { debug: note, info: note, warn: note, error: note } },
    );
    const error = await rejection(world.perform('broken', { name: 'a' }));
    expect(error.code).toBe('internal');
    expect(error.message).not.toContain('canary');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('call-1');
    expect(logged[0]).toContain('TypeError');
    expect(logged.join()).not.toContain('canary');
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  });
});

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

describe('strangers', () => {
  test('have their share of the log, and what is beyond it is counted instead', async () => {
    await using world = await open();
    const codes: string[] = [];
    for (let i = 0; i < 120; i++) codes.push(await codeOf(world.perform('read', { name: 'a' }, { as: i % 2 ? '' : 'nobody' })));
    expect(codes.filter((code) => code === 'request.limited')).toHaveLength(20);
    expect(world.audit.records).toHaveLength(100);
    expect(world.limiter.takeRefused()).toBe(20);
    // Whoever has a token is not among them.
    await world.perform('write', value('v'));
    expect(await codeOf(world.perform('public', { name: 'a' }, { as: '' }))).toBe('request.limited');
    await world.perform('health', { name: 'a' }, { as: '' });
    world.clock.time += 1000;
    await world.perform('public', { name: 'a' }, { as: '' });
  });
});

describe('whoever has a token and asks about an invalid one', () => {
  const lookup = () =>
    testRead('lookup', {
      perform: async () => {
        throw new WatchwordError('access.token-invalid');
      },
    });

  test('is no stranger: each attempt is logged', async () => {
    await using world = await openTestDoor([lookup()]);
    for (let i = 0; i < 150; i++) expect(await codeOf(world.perform('lookup', { name: 'a' }))).toBe('access.token-invalid');
    expect(world.audit.records).toHaveLength(150);
  });

  test('uses up its own', async () => {
    await using world = await openTestDoor([lookup()]);
    await world.setPolicy('p', 'path "test/*" { capabilities = ["read"] }');
    await world.issue('twice', { policies: ['p'], uses: 2 });
    for (let i = 0; i < 2; i++) await rejection(world.perform('lookup', { name: 'a' }, { as: 'twice' }));
    expect(await world.authenticator.usesLeft(world.storage.reader, 'twice')).toBe(-1);
  });
});

describe('a mount that changed between being found and being asked', () => {
  const asked = testMount('test/');

  test.for([
    ['is gone', []],
    ['is another one', [testMount('test/', 'other')]],
    ['has other options', [{ ...asked, options: { version: '2' } }]],
  ] as const)('is refused when it %s', async ([, stored]) => {
    await using world = await open();
    world.mounts.stored = [...stored];
    await world.storage.write((tx) =>
      tx.query.updateTable('configuration_generation').set({ value: 7 }).where('scope', '=', 'mounts').execute(),
    );
    expect(await codeOf(world.perform('write', value('v'), { mount: asked }))).toBe('store.raced');
    expect(world.mounts.generation).toBe(7);
    expect(storedValue(world)).toBeUndefined();
  });

  test('is refused as well when another request has reloaded the mounts meanwhile', async () => {
    await using world = await open();
    world.mounts.now = [testMount('test/', 'other')];
    expect(await codeOf(world.perform('write', value('v'), { mount: asked }))).toBe('store.raced');
  });

  test('serves when only others changed', async () => {
    await using world = await open();
    world.mounts.stored = [testMount('new/'), testMount('test/')];
    world.mounts.generation = 0;
    await world.perform('write', value('v'), { mount: asked });
    expect(world.mounts.locate('root', 'new/')).toBeDefined();
  });
});
