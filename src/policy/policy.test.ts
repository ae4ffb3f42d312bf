import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import { parseExactJson } from '../foundation/exact-json.ts';
import { keyringMigration } from '../keyring/key-table.ts';
import { openTestKeyring } from '../keyring/testing/test-keyring.ts';
import type { AnyQuery } from '../storage/contract.ts';
import { openTemporaryStorage } from '../storage/testing/temporary-storage.ts';
import type { Capability } from './capability.ts';
import { defaultPolicyText, wrappingPolicyText } from './default-policy.ts';
import { capabilitiesOf, compilePolicies, decide, mayReachBelow, parsePolicy } from './index.ts';
import { getPolicy, listPolicies, policyMigration, putPolicy, removePolicy } from './policy-table.ts';
import { slowCapabilities } from './testing/slow-reference.ts';

const compile = (...texts: readonly string[]) =>
  compilePolicies(
    texts.map((text, index) => parsePolicy(`p${index}`, text)),
    {},
  );
const can = (text: string, path: string, capability: Capability = 'read', more = {}) =>
  decide(compile(text), { path, capability, ...more }).allowed;
const rule = (path: string, capabilities: string) =>
  `path "${path}" { capabilities = [${capabilities.split(' ').map((name) => `"${name}"`)}] }\n`;

describe('parsing', () => {
  it('reads HCL with comments, here-documents, shorthands and every attribute', () => {
    const policy = parsePolicy(
      'p',
      `name = "p" # a comment
       // another
       /* and
          another */
       path "a/*" {
         capabilities = ["read", "list",]
         allowed_parameters = { "Name" = ["x*", 3, true], "*" = [] }
         denied_parameters { secret = [] }
         required_parameters = ["name"]
         min_wrapping_ttl = "1m"
         max_wrapping_ttl = 3600
       }
       path "b" { policy = "write" }
       path "c" { capabilities = ["deny", "read"] }
       path "d" {
         capabilities = ["read"]
         allowed_parameters = { text = [<<-EOT
           two
           lines
           EOT
         ] }
       }`,
    );
    expect(policy.rules.map((each) => [each.path, [...each.capabilities]])).toEqual([
      ['a/*', ['read', 'list']],
      ['b', ['create', 'read', 'update', 'delete', 'list']],
      ['c', ['deny']],
      ['d', ['read']],
    ]);
    expect(policy.rules[3]?.allowed.get('text')).toEqual(['two\nlines\n']);
    expect(policy.rules[0]).toMatchObject({ required: ['name'], minWrappingTtl: 60, maxWrappingTtl: 3600 });
    expect(policy.rules[0]?.allowed.get('name')).toEqual(['x*', 3, true]);
  });

  it('reads the JSON forms', () => {
    for (const text of ['{"path":{"a":{"capabilities":["read"]}}}', '{"path":[{"a":{"capabilities":["read"]}}]}']) {
      expect(can(text, 'a')).toBe(true);
    }
  });

  it.each([
    ['path "a" {\n capabilities = ["fly"] }', 'line 2', 'one of'],
    ['path "a" {\n\n colour = 1 }', 'line 3', 'unknown attribute'],
    ['path "a" { capabilities = ["read"]', 'line 1', 'does not end'],
    ['path "a', 'line 1', 'does not end'],
    ['rule "a" {}', 'line 1', 'path stanza'],
    ['path "a/+*" {}', 'line 1', "'+*'"],
    ['path "a" { min_wrapping_ttl = 10 max_wrapping_ttl = 5 }', 'line 1', 'less than'],
    ['path "a" { __proto__ = 1 }', 'line 1', 'unknown attribute'],
    ['{"path": {"a": null}}', 'line 1', 'null'],
  ])('refuses %j and says where and why', (text, where, why) => {
    expect(() => parsePolicy('p', text)).toThrow(
      expect.objectContaining({ code: 'policy.invalid', where, message: expect.stringContaining(why) }),
    );
  });

  it('fails with nothing but policy.invalid, whatever the text', () => {
    const pieces = fc.constantFrom(
      'path',
      ' "a/*" ',
      '{',
      '}',
      '[',
      ']',
      '=',
      ',',
      '"',
      '\\',
      '<<E\n',
      'E\n',
      '\n',
      '#',
      '/*',
      '*/',
      'capabilities',
      '"read"',
      '3',
      '-',
      '\u0000',
      'é',
      '{"path":',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        try {
          parsePolicy('p', parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(WatchwordError);
          expect((error as WatchwordError).code).toBe('policy.invalid');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('does not nest without end and stays linear', () => {
    const started = performance.now();
    for (const text of [
      '{'.repeat(200_000),
      `a = ${'['.repeat(200_000)}`,
      '<<'.repeat(300_000),
      '/*'.repeat(300_000),
      '"'.repeat(100_000),
      `${'#\n'.repeat(400_000)}`,
      `{"path":${'['.repeat(100_000)}`,
    ]) {
      try {
        parsePolicy('p', text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'policy.invalid' });
      }
    }
    // Quadratic behaviour would take minutes; this bound only tells the two apart.
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe('paths', () => {
  it('lets deny win on the same path, in the same policy and across policies', () => {
    expect(decide(compile(rule('a', 'read'), rule('a', 'deny')), { path: 'a', capability: 'read' }).reason).toBe('denied');
    expect(can(rule('a/*', 'read') + rule('a/b', 'deny'), 'a/b')).toBe(false);
  });

  it('prefers the exact path, then the later wildcard, then the one without a closing star', () => {
    expect(can(rule('a/b', 'read') + rule('a/*', 'deny'), 'a/b')).toBe(true);
    expect(can(rule('a/b/*', 'read') + rule('a/*', 'deny'), 'a/b/c')).toBe(true);
    expect(can(rule('a/+/c', 'read') + rule('a/*', 'deny'), 'a/b/c')).toBe(true);
    expect(can(rule('a/+/+', 'deny') + rule('a/+/c', 'read'), 'a/b/c')).toBe(true);
  });

  it('matches + with exactly one segment and * only at the end', () => {
    expect(can(rule('a/+/c', 'read'), 'a/b/c')).toBe(true);
    expect(can(rule('a/+/c', 'read'), 'a/b/x/c')).toBe(false);
    expect(can(rule('a/+/c*', 'read'), 'a/b/cd/e')).toBe(true);
    expect(can(rule('a*/b', 'read'), 'ax/b')).toBe(false);
    expect(can(rule('a*/b', 'read'), 'a*/b')).toBe(true);
  });

  it('never lets LIST around a deny, with or without the slash', () => {
    const text = rule('kv/metadata/*', 'list read') + rule('kv/metadata/team', 'deny');
    expect(can(text, 'kv/metadata/team/', 'list')).toBe(false);
    expect(can(text, 'kv/metadata/team', 'list')).toBe(false);
    expect(can(rule('kv/metadata/*', 'list') + rule('kv/metadata/team/', 'deny'), 'kv/metadata/team', 'list')).toBe(false);
    expect(can(rule('kv/metadata/team', 'list'), 'kv/metadata/team/', 'list')).toBe(true);
    expect(can(rule('kv/metadata/*', 'list') + rule('kv/metadata/+', 'deny'), 'kv/metadata/team/', 'list')).toBe(false);
    expect(can(rule('kv/metadata/team', 'list') + rule('kv/metadata/+', 'deny'), 'kv/metadata/team/', 'list')).toBe(true);
    expect(capabilitiesOf(compile(text), 'kv/metadata/team/')).toEqual(['deny']);
  });

  it('agrees with the slow reference on generated policies and paths', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', '+', '', 'é', '..', 'a+', 'x'.repeat(300));
    const patterns = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '*', '/*', 'a*'))
      .map(([parts, end]) => parts.join('/') + end);
    const pattern = patterns.filter((path) => !path.includes('+*') && path !== '' && !path.startsWith('/'));
    const granted = fc.subarray(['read', 'update', 'list', 'sudo', 'deny', 'create'], { minLength: 1 });
    const policy = fc
      .array(fc.tuple(pattern, granted), { minLength: 1, maxLength: 8 })
      .map((rules) => rules.map(([path, names]) => rule(path, names.join(' '))).join(''));
    const asked = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'aba', '+', '*', '', 'é', '..', 'a+', 'x'.repeat(300)), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 3 }), asked, (texts, path) => {
        const slow = slowCapabilities(
          texts.map((text) => parsePolicy('p', text)),
          path,
        );
        const compiled = compile(...texts);
        for (const capability of ['read', 'update', 'create'] as const) {
          expect(decide(compiled, { path, capability }).allowed).toBe(slow.has(capability));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('knows what lies below a mount that somebody may see', () => {
    expect(mayReachBelow(compile(rule('secret/data/x', 'read')), 'secret/')).toBe(true);
    expect(mayReachBelow(compile(rule('sec*', 'read')), 'secret/')).toBe(true);
    expect(mayReachBelow(compile(rule('+/data/x', 'read')), 'secret/')).toBe(true);
    expect(mayReachBelow(compile(rule('other/*', 'read')), 'secret/')).toBe(false);
    expect(mayReachBelow(compile(rule('secret/*', 'deny')), 'secret/')).toBe(false);
    expect(mayReachBelow(compile(rule('secrets/*', 'read')), 'secret/')).toBe(false);
  });
});

describe('constraints', () => {
  const text = `path "a" { capabilities = ["update"] required_parameters = ["team"] allowed_parameters = { team = ["ml-*"] size = [1, 2] note = [] } denied_parameters = { note = ["*secret*"] } }`;
  const given = (parameters: Record<string, unknown>) => can(text, 'a', 'update', { parameters });

  it('hold for names, values, lists and required parameters', () => {
    expect(given({ team: 'ml-vision', size: 1 })).toBe(true);
    expect(given({ Team: 'ml-vision', size: '2' })).toBe(true);
    expect(given({ team: 'web' })).toBe(false);
    expect(given({ size: 1 })).toBe(false);
    expect(given({ team: 'ml-x', other: 1 })).toBe(false);
    expect(given({ team: 'ml-x', note: 'a secret here' })).toBe(false);
    expect(given({ team: ['ml-x', 'web'] })).toBe(false);
    expect(given({ team: { toString: 'ml-x' } })).toBe(false);
  });

  it('count every spelling of a name, not the last one alone', () => {
    expect(given({ team: 'web', TEAM: 'ml-x' })).toBe(false);
    expect(given({ TEAM: 'ml-x', team: 'web' })).toBe(false);
    expect(given({ team: 'ml-x', note: 'a secret here', NOTE: 'fine' })).toBe(false);
  });

  it('find what is denied among other members of a list, and in a text that stands for one', () => {
    for (const note of [['fine', 'my secret'], 'fine,my secret', 'fine, secret', ['fine', 'a,secret']]) {
      expect(given({ team: 'ml-x', note })).toBe(false);
    }
    expect(given({ team: 'ml-x', note: ['fine', 'too'] })).toBe(true);
    expect(
      can('path "a" { capabilities = ["update"] denied_parameters = { n = ["*a,b*"] } }', 'a', 'update', {
        parameters: { n: 'xa,by' },
      }),
    ).toBe(false);
  });

  it('let no wildcard reach over a comma, though a text with commas may be named to the letter', () => {
    expect(given({ team: 'ml-x,web' })).toBe(false);
    expect(given({ team: 'ml-x,ml-y' })).toBe(true);
    const listed = 'path "a" { capabilities = ["update"] allowed_parameters = { n = ["x,y"] } }';
    expect(can(listed, 'a', 'update', { parameters: { n: 'x,y' } })).toBe(true);
    expect(can(listed, 'a', 'update', { parameters: { n: 'x' } })).toBe(false);
  });

  it('know a number however it is written', () => {
    const bounded = 'path "a" { capabilities = ["update"] denied_parameters = { ttl = [3600] } }';
    for (const ttl of ['3600', '3600.0', '36e2']) {
      const parameters = parseExactJson(`{"ttl":${ttl}}`) as Record<string, unknown>;
      expect(can(bounded, 'a', 'update', { parameters })).toBe(false);
    }
  });

  it('bound the wrapping TTL on both sides', () => {
    const wrapped = 'path "a" { capabilities = ["read"] min_wrapping_ttl = 60 max_wrapping_ttl = "1h" }';
    expect(can(wrapped, 'a')).toBe(false);
    expect(can(wrapped, 'a', 'read', { wrapTtl: 59 })).toBe(false);
    expect(can(wrapped, 'a', 'read', { wrapTtl: 60 })).toBe(true);
    expect(can(wrapped, 'a', 'read', { wrapTtl: 3601 })).toBe(false);
  });

  it('demand sudo where an operation needs it', () => {
    expect(can(rule('a', 'update'), 'a', 'update', { sudo: true })).toBe(false);
    expect(can(rule('a', 'update sudo'), 'a', 'update', { sudo: true })).toBe(true);
  });
});

describe('templates', () => {
  const own = parsePolicy('own', rule('kv/data/{{identity.entity.name}}/*', 'read'));
  const allowed = (attributes: Record<string, string>, path: string) =>
    decide(compilePolicies([own], attributes), { path, capability: 'read' }).allowed;

  it('put the attribute in place', () => {
    expect(allowed({ 'identity.entity.name': 'ada' }, 'kv/data/ada/x')).toBe(true);
    expect(allowed({ 'identity.entity.name': 'ada' }, 'kv/data/bob/x')).toBe(false);
  });

  it.each(['', '*', '+', 'a/../b', 'ada/*', '..', '{{x}}', 'a\nb'])('grant nothing for the value %j', (value) => {
    for (const path of ['kv/data/x/y', 'kv/data//y', `kv/data/${value}/y`])
      expect(allowed({ 'identity.entity.name': value }, path)).toBe(false);
    expect(allowed({}, 'kv/data//y')).toBe(false);
  });

  it('still deny where the value is unknown', () => {
    const both = [
      parsePolicy('all', rule('kv/*', 'read')),
      parsePolicy('not', rule('kv/private/{{identity.entity.name}}/*', 'deny')),
    ];
    expect(decide(compilePolicies(both, {}), { path: 'kv/private/ada/x', capability: 'read' }).allowed).toBe(false);
  });
});

describe('built-in and stored policies', () => {
  it('parse, and give a token no more than itself', () => {
    expect(can(defaultPolicyText, 'auth/token/lookup-self')).toBe(true);
    expect(can(defaultPolicyText, 'secret/data/a')).toBe(false);
    expect(can(wrappingPolicyText, 'sys/wrapping/unwrap', 'update')).toBe(true);
    expect(can(wrappingPolicyText, 'auth/token/lookup-self')).toBe(false);
    expect(capabilitiesOf(compilePolicies('root', {}), 'anything')).toEqual(['root']);
  });

  it('are kept sealed under their own name', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration, policyMigration]);
    const { storage } = temporary;
    const cipher = (await openTestKeyring(storage, ['system'])).cipher({ id: 'system', namespace: 'root' });
    await storage.write(async (tx) => {
      await putPolicy(tx, cipher, 'root', 'admin', rule('*', 'sudo'));
      await putPolicy(tx, cipher, 'root', 'reader', rule('a', 'read'));
      await putPolicy(tx, cipher, 'root', 'reader', rule('b', 'read'));
    });
    expect(await getPolicy(storage.reader, cipher, 'root', 'reader')).toBe(rule('b', 'read'));
    expect(await listPolicies(storage.reader, 'root')).toEqual(['admin', 'reader']);
    type Tables = { policy: { name: string; sealed: Uint8Array } };
    await storage.write(async ({ query }) => {
      const table = query.withTables<Tables>();
      const admin = await table.selectFrom('policy').select('sealed').where('name', '=', 'admin').executeTakeFirstOrThrow();
      await table.updateTable('policy').set({ sealed: admin.sealed }).where('name', '=', 'reader').execute();
    });
    await expect(getPolicy(storage.reader, cipher, 'root', 'reader')).rejects.toMatchObject({ code: 'keyring.tampered' });
    await storage.write((tx) => removePolicy(tx, cipher, 'root', 'reader'));
    expect(await getPolicy(storage.reader, cipher, 'root', 'reader')).toBeUndefined();
  });

  it('are refused when a row was put back, removed or added behind our back', async () => {
    await using temporary = await openTemporaryStorage([keyringMigration, policyMigration]);
    const { storage } = temporary;
    const cipher = (await openTestKeyring(storage, ['system'])).cipher({ id: 'system', namespace: 'root' });
    type Tables = { policy: { namespace: string; name: string; sealed: Uint8Array } };
    const read = (name: string) => getPolicy(storage.reader, cipher, 'root', name);
    await storage.write((tx) => putPolicy(tx, cipher, 'root', 'team', rule('*', 'sudo')));
    const older = await storage.reader.query
      .withTables<Tables>()
      .selectFrom('policy')
      .selectAll()
      .where('name', '=', 'team')
      .executeTakeFirstOrThrow();
    await storage.write((tx) => putPolicy(tx, cipher, 'root', 'team', rule('a', 'read')));
    const attack = (work: (table: AnyQuery) => Promise<unknown>) => storage.write(({ query }) => work(query));
    await attack((query) => query.updateTable('policy').set({ sealed: older.sealed }).where('name', '=', 'team').execute());
    await expect(read('team')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    await attack((query) => query.deleteFrom('policy').where('name', '=', 'team').execute());
    await expect(read('team')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    await storage.write((tx) => putPolicy(tx, cipher, 'root', 'team', rule('a', 'read')));
    await storage.write((tx) => removePolicy(tx, cipher, 'root', 'team'));
    await attack((query) => query.insertInto('policy').values(older).execute());
    await expect(read('team')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
  });
});
