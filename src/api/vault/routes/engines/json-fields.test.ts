import { describe, expect, it } from 'vitest';
import { decodeFields, encodeFields } from '../../wire-fields.ts';
import { kafkaRoleFields } from './kafka.ts';
import { rabbitmqRoleFields } from './rabbitmq.ts';
import { sshRequestFields, sshRoleFields } from './ssh.ts';

describe('fields of rabbitmq', () => {
  const vhosts = { '/': { configure: '', write: '.*', read: '^a$' } };

  it.each([JSON.stringify(vhosts), vhosts])('take JSON as a text and as it is', (given) => {
    expect(decodeFields(rabbitmqRoleFields, { tags: 'management, custom', vhosts: given })).toEqual({
      tags: ['management', 'custom'],
      vhosts,
    });
  });

  it('are printed as Vault prints them', () => {
    expect(encodeFields(rabbitmqRoleFields, { tags: ['management', 'custom'], vhosts, vhostTopics: {} })).toEqual({
      tags: 'management,custom',
      vhosts,
      vhost_topics: {},
    });
  });

  it('take nothing for none', () => {
    expect(decodeFields(rabbitmqRoleFields, { vhosts: '', vhost_topics: null })).toEqual({ vhosts: {} });
  });

  it.each(['{', '[]', 'null', '1', '"/"', '{"__proto__": {"read": ".*"}}', '{"/": {"__proto__": {}}}'])('refuse %s', (text) => {
    expect(() => decodeFields(rabbitmqRoleFields, { vhosts: text })).toThrow('vhosts');
  });
});

describe('fields of kafka', () => {
  const acls = [{ resource: 'topic', name: 'jobs', operations: ['read'] }];

  it.each([JSON.stringify(acls), acls])('take a list as JSON text and as it is', (given) => {
    expect(decodeFields(kafkaRoleFields, { acls: given })).toEqual({ acls });
    expect(encodeFields(kafkaRoleFields, { acls })).toEqual({ acls });
  });

  it('take nothing for none', () => {
    expect(decodeFields(kafkaRoleFields, { acls: '' })).toEqual({ acls: [] });
    expect(decodeFields(kafkaRoleFields, { acls: null })).toEqual({});
  });

  it.each(['[', '{}', '1', '["topic"]', '[null]', '[[]]', '[{"__proto__": {}}]'])('refuse %s', (text) => {
    expect(() => decodeFields(kafkaRoleFields, { acls: text })).toThrow('acls');
  });
});

describe('fields of ssh', () => {
  it('take lengths of keys as numbers, digits and lists', () => {
    const allowed_user_key_lengths = { rsa: 3072, ec: [256, '384'], ed25519: '0' };
    expect(decodeFields(sshRoleFields, { allowed_user_key_lengths })).toEqual({
      allowedUserKeyLengths: { rsa: [3072], ec: [256, 384], ed25519: [0] },
    });
    const text = JSON.stringify(allowed_user_key_lengths);
    expect(decodeFields(sshRoleFields, { allowed_user_key_lengths: text })).toEqual(
      decodeFields(sshRoleFields, { allowed_user_key_lengths }),
    );
  });

  it.each([{ rsa: 'long' }, { rsa: [{}] }, 'rsa', JSON.parse('{"__proto__": 1}')])('refuse the lengths %j', (given) => {
    expect(() => decodeFields(sshRoleFields, { allowed_user_key_lengths: given })).toThrow();
  });

  it.each(['default_extensions', 'default_critical_options'])('take JSON text for %s, as command lines send it', (name) => {
    for (const given of ['{"permit-pty": ""}', { 'permit-pty': '' }]) {
      const [value] = Object.values(decodeFields(sshRoleFields, { [name]: given }));
      expect({ ...(value as object) }).toEqual({ 'permit-pty': '' });
    }
  });

  it.each(['{', '[]', 'null', 'permit-pty', '{"__proto__": ""}', '{"a": {}}'])('refuse %s for options', (given) => {
    for (const name of ['extension', 'critical_options']) {
      expect(() => decodeFields(sshRequestFields, { [name]: given })).toThrow(name);
    }
  });

  it.each(['extension', 'extensions'])('take %s for what sessions may do', (name) => {
    expect(decodeFields(sshRequestFields, { [name]: { 'permit-pty': '' }, valid_principals: 'a, b' })).toEqual({
      extensions: { 'permit-pty': '' },
      validPrincipals: ['a', 'b'],
    });
  });
});
