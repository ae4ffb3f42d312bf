import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemRandom } from '../../../foundation/node-ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { checkRabbitmqConnection, newRabbitmqConnection, rabbitmqConnectionFields } from './connection.ts';
import { HASHING_ALGORITHM, isPasswordOf, passwordHash } from './password-hash.ts';
import { checkRabbitmqRole, newRabbitmqRole, type RabbitmqRole, rabbitmqRoleFields } from './role.ts';

const connection = {
  ...newRabbitmqConnection,
  connectionUri: 'https://rabbit.example:15671',
  username: 'watchword',
  password: Secret.fromText('word'),
};
const JOBS = { configure: '^job\\.$', write: '', read: '' };

describe('a connection', () => {
  it.each([
    'https://rabbit.example',
    'https://rabbit.example:15671/prefix/',
    'http://127.0.0.1:15672',
    'http://localhost:15672',
    'https://[::1]:15671',
  ])('may be to %s', (connectionUri) => {
    expect(() => checkRabbitmqConnection({ ...connection, connectionUri })).not.toThrow();
  });

  it.each([
    ['', 'connection_uri'],
    ['http://rabbit.example:15672', 'travel in clear'],
    ['http://127.0.0.1.example:15672', 'travel in clear'],
    ['http://localhost.example:15672', 'travel in clear'],
    ['https://me:word@rabbit.example', 'connection_uri'],
    ['https://rabbit.example/api?x=1', 'connection_uri'],
    ['https://rabbit.example/../x', 'connection_uri'],
    ['https://rabbit.example#x', 'connection_uri'],
    ['amqps://rabbit.example', 'connection_uri'],
    ['https://rabbit.example:99999', 'connection_uri'],
  ])('to %j is refused', (connectionUri, message) => {
    expect(() => checkRabbitmqConnection({ ...connection, connectionUri })).toThrow(message);
  });

  it('may be plain where the operator says so', () => {
    expect(() =>
      checkRabbitmqConnection({ ...connection, connectionUri: 'http://rabbit.example', plainHttp: true }),
    ).not.toThrow();
  });

  it.each([
    ['username', { username: '' }],
    ['username', { username: 'a:b' }],
    ['password', { password: undefined }],
    ['tls_ca', { tlsCa: 'no certificate' }],
  ])('without a good %s is refused', (where, more) => {
    expect(() => checkRabbitmqConnection({ ...connection, ...more })).toThrow(where);
  });

  it.each([
    ['passwordPolicy', 'mine'],
    ['usernameTemplate', '{{.RoleName}}'],
  ])('with %s is refused', (name, value) => {
    expect(z.strictObject(rabbitmqConnectionFields).safeParse({ ...connection, [name]: value }).success).toBe(false);
  });
});

describe('a role', () => {
  it.each<[string, Partial<RabbitmqRole>, string]>([
    ['that gives nothing', {}, 'vhosts'],
    ['with the tag administrator', { tags: ['administrator'], vhosts: { '/': JOBS } }, 'administrator'],
    ['with a virtual host that leads to another path', { vhosts: { '..': JOBS } }, 'vhosts'],
    ['with a virtual host of one dot', { vhosts: { '.': JOBS } }, 'vhosts'],
    ['with a virtual host that holds a new line', { vhosts: { 'a\nb': JOBS } }, 'vhosts'],
    [
      'with topics of a virtual host that it does not give',
      { vhosts: { '/': JOBS }, vhostTopics: { other: {} } },
      'vhost_topics',
    ],
  ])('%s is refused', (_what, role, message) => {
    expect(() => checkRabbitmqRole({ ...newRabbitmqRole, ...role })).toThrow(message);
  });

  it.each([
    ['tags', ['management,administrator']],
    ['tags', ['admini strator']],
    ['vhosts', { '/': { configure: '', write: '', read: '', admin: '.*' } }],
    ['vhosts', { '/': '.*' }],
    ['vhostTopics', { '/': { 'amq.topic': { configure: '' } } }],
  ])('with %s = %j is refused', (name, value) => {
    expect(z.strictObject(rabbitmqRoleFields).safeParse({ ...newRabbitmqRole, [name]: value }).success).toBe(false);
  });

  it('gives nothing where it says nothing', () => {
    const parsed = z.strictObject(rabbitmqRoleFields).parse({ ...newRabbitmqRole, vhosts: { '/': { read: '^a$' } } });
    expect(parsed.vhosts).toEqual({ '/': { configure: '', write: '', read: '^a$' } });
  });

  it('warns of patterns that match more than they seem to, of everything, and of tags with power', () => {
    const warned = (role: Partial<RabbitmqRole>) => checkRabbitmqRole({ ...newRabbitmqRole, ...role });
    expect(warned({ vhosts: { '/': { ...JOBS, read: 'features' } } })).toEqual([expect.stringContaining('read in /')]);
    expect(warned({ vhosts: { '/': { configure: '.*', write: '.*', read: '.*' } } })).toEqual([
      expect.stringContaining('everything'),
    ]);
    expect(warned({ tags: ['policymaker'] })).toEqual([expect.stringContaining('policymaker')]);
    expect(warned({ vhosts: { '/': JOBS } })).toEqual([]);
  });
});

describe('the hash of a password', () => {
  const word = Secret.fromText('a password');

  it('is salted, and knows its password alone', () => {
    const [one, other] = [passwordHash(word, systemRandom), passwordHash(word, systemRandom)];
    expect(one).not.toBe(other);
    for (const hash of [one, other]) {
      expect(isPasswordOf(word, hash, HASHING_ALGORITHM)).toBe(true);
      expect(isPasswordOf(Secret.fromText('a passwore'), hash, HASHING_ALGORITHM)).toBe(false);
    }
  });

  it('is what RabbitMQ documents: the salt, and SHA-256 of salt and password', () => {
    // https://www.rabbitmq.com/docs/passwords#computing-password-hash
    const known = Buffer.from('908dc60ab3d11e0cf0e3d1e2bdd8d1ac', 'hex').subarray(0, 4);
    const fixed = { bytes: () => Buffer.from(known) };
    const hash = Buffer.from(passwordHash(word, fixed), 'base64');
    expect(hash.subarray(0, 4)).toEqual(known);
    expect(hash).toHaveLength(36);
  });

  it('of another kind, or none, says nothing', () => {
    expect(isPasswordOf(word, passwordHash(word, systemRandom), 'rabbit_password_hashing_md5')).toBeUndefined();
    expect(isPasswordOf(word, '', HASHING_ALGORITHM)).toBeUndefined();
  });
});
