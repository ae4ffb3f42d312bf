import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import { type AwsConnection, awsConnectionFields, checkAwsConnection, newAwsConnection } from './connection.ts';
import { bucketAddress, stsUrl } from './endpoint.ts';
import { type AwsRole, awsRoleFields, checkAwsRole, newAwsRole } from './role.ts';

const keys = { accessKey: 'keyid', secretKey: Secret.fromText('x') };
const checkConnection = (settings: Partial<AwsConnection>) => () =>
  checkAwsConnection({ ...newAwsConnection, ...keys, ...settings });
const ROLE = 'arn:aws:iam::123456789012:role/data';
const checkRole = (settings: Partial<AwsRole>) =>
  checkAwsRole({ ...newAwsRole, credentialType: 'assumed_role', roleArns: [ROLE], ...settings });

describe('a connection', () => {
  test('needs keys, and nothing else for AWS', () => {
    expect(checkConnection({})).not.toThrow();
    expect(checkConnection({ accessKey: '' })).toThrow(/^access_key: /);
    expect(checkConnection({ secretKey: undefined })).toThrow(/^secret_key: /);
    expect(checkConnection({ secretKey: Secret.fromText('') })).toThrow(/^secret_key: /);
  });

  test.each([
    ['plain HTTP', { stsEndpoint: 'http://s3.example', internal: true }],
    ['plain HTTP to this machine that is not said to be internal', { stsEndpoint: 'http://127.0.0.1:7480' }],
    ['plain HTTP for URLs', { s3Endpoint: 'http://s3.example', internal: true }],
    ['a path', { stsEndpoint: 'https://s3.example/x' }],
    ['a query', { stsEndpoint: 'https://s3.example?x' }],
    ['a user', { stsEndpoint: 'https://user@s3.example' }],
    ['another protocol', { stsEndpoint: 'ftp://s3.example' }],
    ['a port that is none', { stsEndpoint: 'https://s3.example:99999' }],
    ['a space', { stsEndpoint: ' https://s3.example' }],
    ['private addresses without an endpoint', { internal: true }],
    ['authorities that are none', { stsEndpoint: 'https://s3.example', tlsCa: 'x' }],
  ])('with %s is refused', (_what, settings) => {
    expect(checkConnection(settings)).toThrow(/^(?:sts_endpoint|s3_endpoint|internal|tls_ca): /);
  });

  test('may be plain where the operator says so twice', () => {
    expect(checkConnection({ stsEndpoint: 'http://s3.example', internal: true, plainHttp: true })).not.toThrow();
    expect(checkConnection({ stsEndpoint: 'http://127.0.0.1:7480', internal: true })).not.toThrow();
    expect(checkConnection({ stsEndpoint: 'https://[fd00::1]:443/', internal: true })).not.toThrow();
  });

  test('takes no template of names and no token in the place of keys, and says what to do', () => {
    const fields = z.strictObject(awsConnectionFields);
    const issueOf = (more: object) => fields.safeParse({ ...newAwsConnection, ...keys, ...more }).error?.issues[0]?.message;
    expect(issueOf({})).toBeUndefined();
    expect(issueOf({ roleArn: ROLE })).toContain('AssumeRoleWithWebIdentity');
    expect(issueOf({ identityTokenAudience: 'x' })).toContain('AssumeRoleWithWebIdentity');
    expect(issueOf({ usernameTemplate: '{{x}}' })).toContain('called as their leases');
    expect(issueOf({ region: 'eu-central-1/../x' })).toContain('region');
  });

  test('leads to the STS of its region, and to buckets where they are', () => {
    expect(stsUrl('', 'eu-central-1').href).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect(stsUrl('', 'cn-north-1').href).toBe('https://sts.cn-north-1.amazonaws.com.cn/');
    expect(stsUrl('https://s3.example:9000/', 'x').href).toBe('https://s3.example:9000/');
    expect(bucketAddress('', 'eu-central-1', 'a-b')).toEqual({
      origin: 'https://a-b.s3.eu-central-1.amazonaws.com',
      before: '/',
    });
    expect(bucketAddress('', 'eu-central-1', 'a.b')).toEqual({
      origin: 'https://s3.eu-central-1.amazonaws.com',
      before: '/a.b/',
    });
    expect(bucketAddress('https://s3.example', 'x', 'a-b')).toEqual({ origin: 'https://s3.example', before: '/a-b/' });
  });
});

describe('a role', () => {
  test.each<[string, Partial<AwsRole>, string]>([
    ['iam_user', { credentialType: 'iam_user' }, 'credential_type: iam_user is not supported'],
    ['no type', { credentialType: '' }, 'credential_type: must be one of'],
    ['no role to assume', { roleArns: [] }, 'role_arns'],
    ['a policy for a role', { roleArns: ['arn:aws:iam::123456789012:policy/x'] }, 'role_arns'],
    ['a federation token that may do nothing', { credentialType: 'federation_token', roleArns: [] }, 'policy_document'],
    ['a federation token and a role', { credentialType: 'federation_token', bucket: 'abc', verbs: ['read'] }, 'role_arns'],
    [
      'a narrowed session token',
      { credentialType: 'session_token', roleArns: [], bucket: 'abc', verbs: ['read'] },
      'credential_type',
    ],
    ['tags without a role', { credentialType: 'session_token', roleArns: [], sessionTags: { a: 'b' } }, 'session_tags'],
    ['tags of the lease without a role', { credentialType: 'session_token', roleArns: [], leaseTags: true }, 'lease_tags'],
    ['an external id without a role', { credentialType: 'session_token', roleArns: [], externalId: 'abc' }, 'external_id'],
    ['a prefix of no bucket', { prefix: 'a/' }, 'prefix'],
    ['verbs of no bucket', { verbs: ['read'] }, 'verbs'],
    ['a bucket without verbs', { bucket: 'abc' }, 'verbs'],
    ['a prefix without its slash', { bucket: 'abc', verbs: ['read'], prefix: 'a' }, 'prefix'],
    [
      'a bucket and managed policies',
      { bucket: 'abc', verbs: ['read'], policyArns: ['arn:aws:iam::aws:policy/x'] },
      'policy_arns',
    ],
    ['a document that is none', { policyDocument: '{' }, 'policy_document'],
    [
      'a document about another bucket',
      {
        bucket: 'abc',
        verbs: ['read'],
        policyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::x"}}',
      },
      'policy_document',
    ],
  ])('with %s is refused, and it says where', (_what, settings, words) => {
    expect(() => checkRole(settings)).toThrow(words);
  });

  test('is warned of what it leaves open', () => {
    expect(checkRole({})).toEqual([expect.stringContaining('all that the role may')]);
    expect(checkRole({ bucket: 'abc', verbs: ['read'], prefix: 'a/' })).toEqual([]);
    expect(checkRole({ bucket: 'abc', verbs: ['read'] })).toEqual([expect.stringContaining('whole bucket')]);
    expect(checkRole({ bucket: 'abc', verbs: ['write'], prefix: 'a/' })).toEqual([expect.stringContaining('writing over')]);
    expect(checkRole({ credentialType: 'session_token', roleArns: [] })).toEqual([
      expect.stringContaining('prefer assumed_role'),
    ]);
  });

  test.each([
    ['bucket', 'Abc'],
    ['bucket', 'ab'],
    ['bucket', 'a..b'],
    ['bucket', 'abc/def'],
    ['bucket', 'abc*'],
    ['roleArns', ['arn:aws:iam::123456789012:role/*']],
    ['roleArns', ['data']],
    ['verbs', ['admin']],
    ['externalId', 'a'],
    ['sessionTags', { 'aws:x': 'y' }],
    ['sessionTags', { 'Watchword:lease': 'y' }],
    ['sessionTags', { 'a"b': 'y' }],
    ['permissionsBoundaryArn', 'arn:aws:iam::aws:policy/x'],
    ['iamGroups', ['x']],
    ['userPath', '/x/'],
  ])('cannot have %s = %j', (field, value) => {
    const fields = z.strictObject(awsRoleFields);
    expect(fields.safeParse({ ...newAwsRole, [field]: value }).error?.issues[0]?.path[0]).toBe(field);
  });
});
