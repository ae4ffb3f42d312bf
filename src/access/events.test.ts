import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { WatchwordError } from '../foundation/errors.ts';
import { silentLogger } from '../foundation/ports.ts';
import { Secret } from '../foundation/secret.ts';
import { type ChangeOperation, Unfit } from './operation.ts';
import { codeOf, marks, open, options, rejection, storedValue, value } from './testing/sample-door.ts';
import { openTestDoor } from './testing/test-door.ts';
import { testChange, testRead } from './testing/test-operations.ts';

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
            await (testChange('inner') as ChangeOperation<never>).perform(input as never, context as never);
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

describe('a request that is none', () => {
  const unfit = new Unfit(new WatchwordError('request.malformed', 'it cannot be parsed'));
  const asked = { requestPath: 'test/some/secret' };

  test('is told to whoever has a token, and logged with its code and the path that was asked for', async () => {
    await using world = await open();
    await world.issue('bob', { policies: ['none'] });
    expect(await rejection(world.perform('write', unfit, { as: 'bob', ...asked }))).toBe(unfit.refusal);
    expect(world.audit.story()).toEqual(['complete/failure/request.malformed']);
    expect(world.audit.records[0]).toMatchObject({ operation: 'write', path: 'test/some/secret', principal: { id: 'bob' } });
  });

  test('costs a use of the token', async () => {
    await using world = await open();
    await world.issue('once', { policies: [], uses: 1 });
    await rejection(world.perform('read', unfit, { as: 'once' }));
    expect(await codeOf(world.perform('read', unfit, { as: 'once' }))).toBe('access.token-invalid');
  });

  test.for([
    ['read', 'access.token-missing', 'complete/denied/access.token-missing'],
    ['public', 'request.malformed', 'complete/failure/request.malformed'],
    ['health', 'request.malformed', 'complete/failure/request.malformed'],
  ] as const)('from strangers for %s is %s, limited and logged', async ([operation, code, story]) => {
    await using world = await open();
    const codes = new Set<string>();
    for (let i = 0; i < 120; i++) codes.add(await codeOf(world.perform(operation, unfit, { as: '', ...asked })));
    expect(codes).toEqual(new Set([code, 'request.limited']));
    expect(world.audit.records).toHaveLength(100);
    expect(new Set(world.audit.story())).toEqual(new Set([story]));
    expect(world.audit.records[0]?.path).toBe('test/some/secret');
    expect(world.limiter.takeRefused()).toBe(20);
  });

  test('gets nothing while sealed', async () => {
    await using world = await open();
    world.keyring.seal();
    expect(await codeOf(world.perform('read', unfit))).toBe('seal.sealed');
  });
});

describe('the path that was asked for', () => {
  test('gives way to the one that the operation means', async () => {
    await using world = await open();
    await rejection(world.perform('read', { name: 'absent' }, { requestPath: 'elsewhere' }));
    expect(world.audit.records[0]?.path).toBe('test/absent');
  });

  test('is cut to 1,024 characters, and never within one', async () => {
    await using world = await open();
    await rejection(world.perform('read', {}, { as: '', requestPath: `a${'\u{1f511}'.repeat(4000)}` }));
    const path = world.audit.records[0]?.path ?? '';
    expect([path.length, path.isWellFormed()]).toEqual([1024, true]);
  });
});

describe('a record that was tampered with', () => {
  test('is told to the operator together with what to do', async () => {
    const logged: object[] = [];
    const error = (_message: string, fields: object = {}) => void logged.push(fields);
    const tampered = async () => {
      throw new WatchwordError('keyring.tampered');
    };
    await using world = await openTestDoor([testRead('read', { perform: tampered })], { logger: { ...silentLogger, error } });
    await rejection(world.perform('read', { name: 'a' }));
    expect(logged).toEqual([
      expect.objectContaining({ code: 'keyring.tampered', remedy: expect.stringContaining('keep it for evidence') }),
    ]);
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
