import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../foundation/ports.ts';
import { type AwsRequest, materialFor } from './request.ts';
import { type AwsRole, newAwsRole } from './role.ts';
import { faultIn, sessionIn } from './sts-answer.ts';

const NOW = Date.UTC(2026, 0, 2);
const clock: Clock = { now: () => NOW, sleep: async () => {} };
const ROLE = 'arn:aws:iam::123456789012:role/data';
const role: AwsRole = {
  ...newAwsRole,
  credentialType: 'assumed_role',
  roleArns: [ROLE],
  bucket: 'features',
  prefix: 'a/',
  verbs: ['write', 'read'],
};

function ask(request: AwsRequest, settings: Partial<AwsRole> = {}, seconds = 3600) {
  const lease = { id: 'x', externalName: 'ww_x', role: 'x', holder: 'x', expiresAt: NOW + seconds * 1000 };
  return materialFor({ ...role, ...settings }, lease, clock, request);
}

describe('a caller', () => {
  test('who says nothing gets what the role allows', () => {
    const scope = { bucket: 'features', prefix: 'a/', verbs: ['read', 'write'] };
    expect(ask({})).toEqual({ roleArn: ROLE, scope, presigning: null });
    expect(ask({ prefix: '', roleArn: '', presign: '', key: '', presignTtl: 0 })).toEqual(ask({}));
  });

  test('narrows it', () => {
    expect(ask({ prefix: 'a/b/', verbs: ['read'] }).scope).toEqual({ bucket: 'features', prefix: 'a/b/', verbs: ['read'] });
    expect(ask({ presign: 'PUT', key: 'a/b', presignTtl: 5 }).presigning).toEqual({ method: 'PUT', key: 'a/b', seconds: 5 });
    expect(ask({ presign: 'GET', key: 'a/b' }, {}, 30).presigning?.seconds).toBe(30);
    expect(ask({ presign: 'GET', key: 'a/b' }, {}, 1_000_000).presigning?.seconds).toBe(43_200);
  });

  test('gets no keys for shorter or longer than STS gives them', () => {
    for (const seconds of [900, 43_200]) expect(() => ask({}, {}, seconds)).not.toThrow();
    for (const seconds of [1, 899, 43_201, 2_764_800]) expect(() => ask({}, {}, seconds)).toThrow(/^ttl: /);
    const user: Partial<AwsRole> = { credentialType: 'federation_token', roleArns: [] };
    expect(() => ask({}, user, 129_600)).not.toThrow();
    expect(() => ask({}, user, 129_601)).toThrow(/^ttl: /);
  });

  test.each<[string, AwsRequest, Partial<AwsRole>, string]>([
    ['a prefix beside', { prefix: 'b/' }, {}, 'prefix'],
    ['a prefix above', { prefix: 'a' }, {}, 'prefix'],
    ['a prefix that goes up', { prefix: 'a/../' }, {}, 'prefix'],
    ['a prefix with a wildcard', { prefix: 'a/*/' }, {}, 'prefix'],
    ['another verb', { verbs: ['delete'] }, {}, 'verbs'],
    ['one verb more', { verbs: ['read', 'list'] }, {}, 'verbs'],
    ['an empty list of verbs', { verbs: [] }, {}, 'verbs'],
    ['a prefix of no bucket', { prefix: 'a/' }, { bucket: '', prefix: '', verbs: [] }, 'prefix'],
    ['verbs of no bucket', { verbs: ['read'] }, { bucket: '', prefix: '', verbs: [] }, 'verbs'],
    ['a URL of no bucket', { presign: 'GET', key: 'a' }, { bucket: '', prefix: '', verbs: [] }, 'presign'],
    ['a URL to write without that verb', { presign: 'PUT', key: 'a/x' }, { verbs: ['read'] }, 'presign'],
    ['a URL to write beyond what was asked', { presign: 'PUT', key: 'a/x', verbs: ['read'] }, {}, 'presign'],
    ['a URL of a key beside', { presign: 'GET', key: 'b/x' }, {}, 'key'],
    ['a URL of a key beside what was asked', { presign: 'GET', key: 'a/x', prefix: 'a/b/' }, {}, 'key'],
    ['a URL of a key that goes up', { presign: 'GET', key: 'a/../b/x' }, {}, 'key'],
    ['a URL of no key', { presign: 'GET' }, {}, 'key'],
    ['a URL that outlives the lease', { presign: 'GET', key: 'a/x', presignTtl: 3601 }, {}, 'presign_ttl'],
    ['a key without a URL', { key: 'a/x' }, {}, 'key'],
    ['a time without a URL', { presignTtl: 5 }, {}, 'presign_ttl'],
    ['a role that is not among them', { roleArn: `${ROLE}2` }, {}, 'role_arn'],
    ['a role where none is assumed', { roleArn: ROLE }, { credentialType: 'federation_token', roleArns: [] }, 'role_arn'],
    [
      'a part that the document does not allow',
      { prefix: 'a/b/' },
      { policyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::features/a/c/*"}}' },
      'prefix',
    ],
  ])('who asks for %s is refused', (_what, request, settings, where) => {
    expect(() => ask(request, settings)).toThrow(expect.objectContaining({ code: 'request.invalid', where }));
  });
});

describe('an answer of STS', () => {
  const keys = '<AccessKeyId>KEYID</AccessKeyId><SecretAccessKey>s+/=</SecretAccessKey><SessionToken>t</SessionToken>';
  const answer = (credentials: string, head = '<AssumeRoleResponse>') =>
    `${head}<AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const end = '<Expiration>2026-01-02T00:00:01.048919165Z</Expiration>';

  test('is read with fractions of seconds, name space or none', () => {
    expect(sessionIn('AssumeRole', answer(keys + end))).toEqual({
      accessKeyId: 'KEYID',
      secretAccessKey: 's+/=',
      sessionToken: 't',
      expiresAt: NOW + 1048,
      arn: '',
    });
    const head = '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">';
    expect(sessionIn('AssumeRole', answer(keys + end, head))).toBeDefined();
  });

  test.each([
    ['without an end', answer(keys)],
    ['with an end that is no time', answer(`${keys}<Expiration>tomorrow</Expiration>`)],
    ['with an end that no calendar has', answer(`${keys}<Expiration>2026-13-45T00:00:00Z</Expiration>`)],
    ['with keys twice', answer(keys + keys + end)],
    ['with an empty key', answer(`<AccessKeyId></AccessKeyId>${keys.slice(keys.indexOf('<Secret'))}${end}`)],
    ['in another name space', answer(keys + end, '<AssumeRoleResponse xmlns="https://elsewhere.example/">')],
    ['with a comment', answer(`${keys}<!-- -->${end}`)],
    ['cut off', answer(keys + end).slice(0, -5)],
  ])('%s is none', (_what, xml) => {
    expect(sessionIn('AssumeRole', xml)).toBeUndefined();
  });

  test('that refuses says why in one line of printable text', () => {
    const error = (code: string, message: string) => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    expect(faultIn(error('AccessDenied', 'a\n\u001b[31mb'))).toEqual({ code: 'AccessDenied', message: 'a [31mb' });
    expect(faultIn(error('AccessDenied', 'a'.repeat(900))).message).toHaveLength(300);
    expect(faultIn(error('<x>', 'a'))).toEqual({ code: '', message: 'a' });
    expect(faultIn('<html>')).toEqual({ code: '', message: '' });
  });
});
