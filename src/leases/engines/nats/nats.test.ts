import { randomBytes } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import { natsEngine } from '../nats.ts';
import { credsFile, readAccountClaims, readCredsFile, signClaims } from './claims.ts';
import { takeFrame } from './frames.ts';
import { checkPublicKey, isSignedBy, nkeyOf, seedFrom } from './nkeys.ts';
import { checkNatsRole, newNatsRole, permissionsOf } from './role.ts';

const makers = { operator: nkeys.createOperator, account: nkeys.createAccount, user: nkeys.createUser } as const;
const kinds = ['operator', 'account', 'user'] as const;

describe('keys of NATS', () => {
  test.each(kinds)('of an %s are those of the official library', (kind) => {
    const official = makers[kind]();
    const seed = Buffer.from(official.getSeed()).toString();
    const key = nkeyOf(Secret.fromText(seed), kind);
    expect(key.publicKey).toBe(official.getPublicKey());
    const message = randomBytes(40);
    expect(official.verify(message, key.sign(message))).toBe(true);
    expect(isSignedBy(key.publicKey, message, official.sign(message))).toBe(true);
    expect(isSignedBy(key.publicKey, randomBytes(40), official.sign(message))).toBe(false);
    const own = seedFrom(randomBytes(32), kind);
    expect(nkeys.fromSeed(Buffer.from(own.text)).getPublicKey()).toBe(nkeyOf(own, kind).publicKey);
  });

  test('of another kind, mistyped or cut are refused, and nothing of them is told', () => {
    const seed = seedFrom(randomBytes(32), 'account').text;
    const letter = seed[20] === 'A' ? 'B' : 'A';
    const wrong = [`${seed.slice(0, 20)}${letter}${seed.slice(21)}`, seed.slice(1), seed.toLowerCase(), `${seed}A`, ''];
    for (const text of wrong) {
      expect(() => nkeyOf(Secret.fromText(text), 'account')).toThrow(/^is no key of NATS(?:: mistyped\?)?$/);
    }
    expect(() => nkeyOf(Secret.fromText(seed), 'user')).toThrow('must be the seed of an user');
    expect(() => checkPublicKey(makers.user().getPublicKey(), 'account')).toThrow('must be the public key of an account');
    expect(() => checkPublicKey(seed, 'account')).toThrow('is no key of NATS');
  });
});

describe('an account JWT', () => {
  const [operator, account] = [nkeyOf(seedFrom(randomBytes(32), 'operator'), 'operator'), makers.account().getPublicKey()];
  const claims = { sub: account, iat: 1, nats: { type: 'account', limits: { subs: -1 }, another: [1] } };

  test('is read with everything in it', () => {
    const read = readAccountClaims(signClaims(claims, operator), account);
    expect(read).toMatchObject({ ...claims, iss: operator.publicKey });
  });

  test('of another account, with another signature or changed is not believed', () => {
    const jwt = signClaims(claims, operator);
    const [head, , signature] = jwt.split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, iss: operator.publicKey, iat: 2 })).toString('base64url');
    expect(readAccountClaims(jwt, makers.account().getPublicKey())).toBeUndefined();
    expect(readAccountClaims([head, other, signature].join('.'), account)).toBeUndefined();
    for (const text of ['', 'a.b.c', jwt.slice(0, -4), `${head}.${other}.`])
      expect(readAccountClaims(text, account)).toBeUndefined();
  });

  test('what stands in a creds file is read again', () => {
    expect(readCredsFile(credsFile('a.b-_.c', 'SEED'))).toEqual({ jwt: 'a.b-_.c', seed: 'SEED' });
    expect(readCredsFile('a.b.c')).toBeUndefined();
  });
});

describe('a role of NATS', () => {
  const lease = { id: 'nats/creds/app/x', externalName: 'ww_one', role: 'app', holder: 'job', expiresAt: 0 };

  test('that names no subjects allows none', () => {
    expect(permissionsOf({ ...newNatsRole, publish: ['a'] }, lease)).toMatchObject({
      pub: { allow: ['a'] },
      sub: { deny: ['>'] },
    });
    expect(permissionsOf({ ...newNatsRole, subscribe: ['a'], maxResponses: 1 }, lease)).toMatchObject({ pub: { deny: ['>'] } });
    expect(() => checkNatsRole(newNatsRole)).toThrow(/^publish: must be set, or subscribe/);
  });

  test('puts the name in its place', () => {
    const role = { ...newNatsRole, subscribe: ['_INBOX.{{name}}.>', 'x-{{name}} q'], subscribeDeny: ['{{name}}'] };
    expect(permissionsOf(role, lease)['sub']).toEqual({ allow: ['_INBOX.ww_one.>', 'x-ww_one q'], deny: ['ww_one'] });
  });

  test.each([
    ['publish', 'a..b'],
    ['publish', 'a.>.b'],
    ['publish', 'a*'],
    ['publish', 'a b'],
    ['publish', 'a\r\nPUB'],
    ['publish', '{{password}}'],
    ['publish', ''],
    ['subscribe', 'a b c'],
    ['subscribe', 'a '],
    ['sourceNetworks', '10.0.0.0'],
    ['sourceNetworks', '10.0.0.0/33'],
    ['sourceNetworks', '::/129'],
    ['sourceNetworks', '10.0.0.0/8/8'],
    ['connectionTypes', 'IN_PROCESS'],
  ])('%s with %j is refused', (field, value) => {
    const schema = z.object(natsEngine.role.fields).partial();
    expect(schema.safeParse({ [field]: [value] }).success).toBe(false);
  });

  test.each([
    [{ publish: ['a.>'], subscribe: ['_INBOX.{{name}}.>'] }, []],
    [{ publish: ['>'] }, [/^publish: every subject/]],
    [{ subscribe: ['>'] }, [/^subscribe: every message/]],
    [{ subscribe: ['_INBOX.> q'] }, [/answers to others/]],
    [{ publish: ['$JS.API.>'] }, [/streams can be deleted/]],
    [{ publish: ['a'], connectionTypes: ['LEAFNODE'] }, [/leaf node/]],
  ])('%j warns of %j', (settings, warnings) => {
    const found = checkNatsRole({ ...newNatsRole, ...settings });
    expect(found).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
  });
});

describe('a connection to NATS', () => {
  const text = (value: string) => Secret.fromText(value);
  const signing = {
    ...natsEngine.connection.initial,
    account: makers.account().getPublicKey(),
    accountSeed: seedFrom(randomBytes(32), 'account'),
  };
  const pushing = {
    ...signing,
    url: 'tls://nats.example:4222',
    systemCreds: text(credsFile('a.b.c', seedFrom(randomBytes(32), 'user').text)),
    operatorSeed: seedFrom(randomBytes(32), 'operator'),
  };

  test('signs, or signs and pushes', () => {
    expect(() => natsEngine.connection.check(signing)).not.toThrow();
    expect(() => natsEngine.connection.check(pushing)).not.toThrow();
  });

  test.each([
    ['account', { account: '' }],
    ['account', { account: makers.user().getPublicKey() }],
    ['account_seed', { accountSeed: undefined }],
    ['account_seed', { accountSeed: seedFrom(randomBytes(32), 'user') }],
    ['url', { url: '' }],
    ['url', { url: 'https://nats.example' }],
    ['url', { url: 'tls://me:secret@nats.example' }],
    ['tls', { tls: false }],
    ['system_creds', { systemCreds: undefined }],
    ['system_creds', { systemCreds: text('nothing') }],
    ['operator_seed', { operatorSeed: undefined }],
    ['operator_seed', { operatorSeed: seedFrom(randomBytes(32), 'account') }],
  ])('says that %s is wrong', (where, settings) => {
    expect(() => natsEngine.connection.check({ ...pushing, ...settings })).toThrow(expect.objectContaining({ where }));
  });
});

describe('a frame', () => {
  test('is taken when all of it is there', () => {
    const bytes = Buffer.from('MSG a.b 1 reply 5\r\nhel\r\n\r\nPONG\r\n+O');
    const first = takeFrame(bytes);
    expect(first?.frame).toEqual({ verb: 'MSG', words: 'a.b 1 reply 5', payload: Buffer.from('hel\r\n') });
    for (let length = 0; length < 26; length += 1) expect(takeFrame(bytes.subarray(0, length))).toBeUndefined();
    const second = takeFrame(first?.rest ?? Buffer.alloc(0));
    expect(second?.frame.verb).toBe('PONG');
    expect(takeFrame(second?.rest ?? Buffer.alloc(0))).toBeUndefined();
  });

  test.each(['MSG a 1 x\r\n', 'MSG a 1 -5\r\n', 'MSG a 1 99999999999\r\n', 'x'.repeat(70_000)])('like %.20j is none', (text) => {
    expect(() => takeFrame(Buffer.from(text))).toThrow('the server speaks another protocol');
  });
});
