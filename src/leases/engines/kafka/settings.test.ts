import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import { checkKafkaConnection, kafkaConnectionFields, newKafkaConnection, parseServer, usesTls } from './connection.ts';
import { bindingsOf, checkKafkaRole, type KafkaAcl, kafkaRoleFields } from './role.ts';

describe('a connection', () => {
  const good = {
    ...newKafkaConnection,
    bootstrapServers: ['kafka-1.example:9093', '[2001:db8::1]:9093'],
    username: 'watchword',
    password: Secret.fromText('any'),
  };

  it('is taken as Kafka writes it', () => {
    expect(z.strictObject(kafkaConnectionFields).safeParse(good).success).toBe(true);
    expect(() => checkKafkaConnection(good)).not.toThrow();
    expect(parseServer('[2001:db8::1]:9093')).toEqual({ host: '2001:db8::1', port: 9093 });
  });

  it.each(['kafka', 'kafka:0', 'kafka:65536', 'a b:1', 'SASL_SSL://kafka:1', '[kafka]:1', ':9093', 'a:1,b:2', 'a/b:1', 'u@a:1'])(
    'does not lead to %j',
    (server) => {
      expect(() => checkKafkaConnection({ ...good, bootstrapServers: [server] })).toThrow('bootstrap_servers');
    },
  );

  it.each([
    ['bootstrap_servers', { bootstrapServers: [] }],
    ['username', { username: '' }],
    ['username', { username: 'a\nb' }],
    ['password', { password: undefined }],
    ['password', { password: Secret.fromText('') }],
    ['tls_ca', { tlsCa: 'none' }],
    ['tls_ca', { tlsCa: '-----BEGIN CERTIFICATE-----', tls: false }],
  ])('is refused for its %s', (where, more) => {
    expect(() => checkKafkaConnection({ ...good, ...more })).toThrow(where);
  });

  it('is encrypted unless all of it stays on this machine, or it was said otherwise', () => {
    expect(usesTls(good)).toBe(true);
    expect(usesTls({ bootstrapServers: ['localhost:1', '127.0.0.2:1', '[::1]:1'] })).toBe(false);
    expect(usesTls({ bootstrapServers: ['localhost:1', 'kafka:1'] })).toBe(true);
    expect(usesTls({ bootstrapServers: ['127.0.0.1.example:1'] })).toBe(true);
    expect(usesTls({ bootstrapServers: ['kafka:1'], tls: false })).toBe(false);
  });
});

describe('a role', () => {
  const acl = (more: Partial<KafkaAcl>): KafkaAcl => ({
    resource: 'topic',
    name: 'jobs',
    pattern: 'literal',
    operations: ['read'],
    ...more,
  });
  const check = (more: Partial<KafkaAcl>) => checkKafkaRole({ acls: [acl(more)] });

  it('becomes one right for each operation', () => {
    const acls = [
      acl({ pattern: 'prefixed', operations: ['read', 'write', 'read'] }),
      acl({ resource: 'cluster', name: '', operations: ['describe'] }),
    ];
    expect(checkKafkaRole({ acls })).toEqual([]);
    expect(bindingsOf({ acls })).toEqual([
      { resource: 2, name: 'jobs', pattern: 4, operation: 3 },
      { resource: 2, name: 'jobs', pattern: 4, operation: 4 },
      { resource: 4, name: 'kafka-cluster', pattern: 3, operation: 8 },
    ]);
  });

  it.each([
    { operations: ['all'] },
    { operations: ['alter', 'cluster_action'] },
    { operations: [] },
    { pattern: 'match' },
    { resource: 'user' },
    { host: '*' },
    { name: 1 },
  ])('does not hold %j', (more) => {
    expect(z.strictObject(kafkaRoleFields).safeParse({ acls: [{ ...acl({}), ...more }] }).success).toBe(false);
  });

  it('fills in what is usual', () => {
    const parsed = z.strictObject(kafkaRoleFields).parse({ acls: [{ resource: 'cluster', operations: ['describe'] }] });
    expect(parsed.acls).toEqual([{ resource: 'cluster', name: '', pattern: 'literal', operations: ['describe'] }]);
  });

  it.each<Partial<KafkaAcl>>([
    { resource: 'cluster', name: '', operations: ['alter'] },
    { resource: 'cluster', name: '', operations: ['alter_configs'] },
    { resource: 'cluster', name: 'other', operations: ['describe'] },
    { resource: 'cluster', name: '', pattern: 'prefixed', operations: ['describe'] },
    { resource: 'group', operations: ['write'] },
    { resource: 'transactional_id', operations: ['read'] },
    { operations: ['idempotent_write'] },
    { name: '' },
    { name: 'job*' },
    { name: '*', pattern: 'prefixed' },
    { name: '..' },
    { name: 'a b' },
    { resource: 'group', name: 'a\u0000' },
    { resource: 'group', name: '\ud800' },
  ])('is refused with %j', (more) => {
    expect(() => check(more)).toThrow('acls[0]');
  });

  it('with no right at all is refused', () => {
    expect(() => checkKafkaRole({ acls: [] })).toThrow('acls');
  });

  it.each<[string, Partial<KafkaAcl>]>([
    ['allowed for every topic', { name: '*' }],
    ["topics of Kafka's own", { name: '__consumer_offsets' }],
    ['stays when the lease is over', { operations: ['alter_configs'] }],
  ])('warns: %s', (text, more) => {
    expect(check(more).join('; ')).toContain(text);
  });
});
