import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { AwsRequest } from '../../src/leases/engines/aws/request.ts';
import type { AwsRole } from '../../src/leases/engines/aws/role.ts';
import { awsEngine } from '../../src/leases/engines/aws.ts';
import type { AwsKeys } from '../testing/boto3.ts';
import { freePort } from '../testing/daemon.ts';
import { type ObjectStore, startObjectStore } from '../testing/object-store.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const { boto3, ceph } = inject('services');
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const HOUR = 3_600_000;

const connectionTo = ({ ceph: { endpoint } }: ObjectStore, keys: AwsKeys) => ({
  ...awsEngine.connection.initial,
  accessKey: keys.accessKeyId,
  secretKey: Secret.fromText(keys.secretAccessKey),
  stsEndpoint: endpoint,
  internal: true,
});

const textOf = (value: unknown): string => (value instanceof Secret ? value.text : String(value));
const keysIn = ({ accessKey, secretKey, sessionToken }: Output): AwsKeys => ({
  accessKeyId: textOf(accessKey),
  secretAccessKey: textOf(secretKey),
  sessionToken: textOf(sessionToken),
});

describe.skipIf(!boto3 || !ceph)('sessions of Ceph', () => {
  conformanceSuite({
    engine: awsEngine,
    async start() {
      const store = await startObjectStore(boto3 ?? '', ['features']);
      const connection = connectionTo(store, store.issuerKeys);
      const wrong = { ...store.issuerKeys, secretAccessKey: 'x'.repeat(40) };
      return {
        connection,
        role: {
          credentialType: 'assumed_role',
          roleArns: [store.roleArn],
          bucket: 'features',
          prefix: 'a/',
          verbs: ['read', 'write'],
        },
        powerless: connectionTo(store, store.strangerKeys),
        wrongPassword: connectionTo(store, wrong),
        nobody: { ...connection, stsEndpoint: `http://127.0.0.1:${await freePort()}` },
        async logIn(output) {
          return {
            async use() {
              const put = await store.s3(keysIn(output), 'put_object', { Bucket: 'features', Key: 'a/x', Body: 'x' });
              if (put.code !== null) throw new Error(put.code);
            },
            async close() {},
          };
        },
        stop: () => store.stop(),
      };
    },
  });
});

describe.skipIf(!boto3 || !ceph)('what sessions of Ceph may do', () => {
  let store: ObjectStore;
  let whole: AwsRole;

  beforeAll(async () => {
    store = await startObjectStore(boto3 ?? '', ['features', 'other']);
    whole = {
      ...awsEngine.role.initial,
      credentialType: 'assumed_role',
      roleArns: [store.roleArn],
      bucket: 'features',
      prefix: 'a/',
      verbs: ['read', 'list', 'write', 'delete'],
    };
    for (const key of ['a', 'a/x', 'a/deep/x', 'ab/x', 'b/x', 'x']) await store.put('features', key, `this is ${key}`);
    await store.put('other', 'a/x', 'other');
  }, 60_000);
  afterAll(() => store?.stop());

  async function issue(role: Partial<AwsRole>, request: AwsRequest = {}, lifetimeMs = HOUR) {
    const lease = newLease(lifetimeMs);
    const settings = { ...whole, ...role };
    awsEngine.role.check(settings);
    const material = await awsEngine.prepare(settings, lease, on, request as never);
    const target = awsEngine.open(connectionTo(store, store.issuerKeys), on);
    const { output } = await target.create({ lease, role: settings, material, handle: undefined }, within(20_000));
    return { output: output as Output, lease };
  }
  const session = async (role: Partial<AwsRole>, request: AwsRequest = {}) => {
    const keys = keysIn((await issue(role, request)).output);
    /** `granted`, or why not. */
    return async (operation: string, parameters: Record<string, unknown>) =>
      (await store.s3(keys, operation, { Bucket: 'features', ...parameters })).code ?? 'granted';
  };
  const urlFor = async (request: AwsRequest, lifetimeMs = HOUR) => textOf((await issue({}, request, lifetimeMs)).output['url']);

  test('a pipeline writes and an inference service reads one bucket, and neither does what the other does', async () => {
    const [pipeline, inference] = [await session({ verbs: ['write'] }), await session({ verbs: ['read'] })];
    expect(await pipeline('put_object', { Key: 'a/weights', Body: 'w' })).toBe('granted');
    expect(await inference('get_object', { Key: 'a/weights' })).toBe('granted');
    expect(await inference('head_object', { Key: 'a/weights' })).toBe('granted');
    expect(await pipeline('get_object', { Key: 'a/weights' })).toBe('AccessDenied');
    expect(await pipeline('delete_object', { Key: 'a/weights' })).toBe('AccessDenied');
    expect(await inference('put_object', { Key: 'a/weights', Body: 'evil' })).toBe('AccessDenied');
    expect(await inference('delete_object', { Key: 'a/weights' })).toBe('AccessDenied');
    expect(await inference('list_objects_v2', { Prefix: 'a/' })).toBe('AccessDenied');
    expect(await pipeline('list_objects_v2', { Prefix: 'a/' })).toBe('AccessDenied');
  });

  test('nothing beyond the prefix can be read, written, deleted, listed or copied', async () => {
    const may = await session({});
    expect(await may('get_object', { Key: 'a/x' })).toBe('granted');
    expect(await may('get_object', { Key: 'a/deep/x' })).toBe('granted');
    for (const Key of ['b/x', 'ab/x', 'x', 'a']) expect([Key, await may('get_object', { Key })]).toEqual([Key, 'AccessDenied']);
    // These are names of their own, whatever they look like.
    for (const Key of ['a/../b/x', './b/x', '/b/x', 'a/%2e%2e/b/x']) {
      expect([Key, await may('get_object', { Key })]).not.toEqual([Key, 'granted']);
    }
    expect(await may('put_object', { Key: 'b/x', Body: 'evil' })).toBe('AccessDenied');
    expect(await may('delete_object', { Key: 'b/x' })).toBe('AccessDenied');
    expect(await may('copy_object', { Key: 'a/copy', CopySource: 'features/b/x' })).toBe('AccessDenied');
    expect(await may('copy_object', { Key: 'a/copy', CopySource: 'other/a/x' })).toBe('AccessDenied');
    expect(await may('copy_object', { Key: 'a/copy', CopySource: 'features/a/x' })).toBe('granted');
    expect(await may('get_object', { Bucket: 'other', Key: 'a/x' })).toBe('AccessDenied');
    expect(await may('put_object', { Bucket: 'other', Key: 'a/y', Body: 'evil' })).toBe('AccessDenied');
  });

  test('no list tells what is beyond the prefix', async () => {
    const may = await session({});
    expect(await may('list_objects_v2', { Prefix: 'a/' })).toBe('granted');
    expect(await may('list_objects_v2', { Prefix: 'a/deep/' })).toBe('granted');
    for (const parameters of [{}, { Prefix: '' }, { Prefix: 'a' }, { Prefix: 'b/' }, { Prefix: 'ab/' }, { Delimiter: '/' }]) {
      expect([parameters, await may('list_objects_v2', parameters)]).toEqual([parameters, 'AccessDenied']);
    }
    expect(await may('list_objects', {})).toBe('AccessDenied');
    expect(await may('list_object_versions', {})).toBe('AccessDenied');
    expect(await may('list_objects_v2', { Bucket: 'other', Prefix: 'a/' })).toBe('AccessDenied');
  });

  test('buckets are nobody’s to change, and a session gives no other one', async () => {
    const keys = keysIn((await issue({})).output);
    const may = await session({});
    expect(await may('delete_bucket', {})).toBe('AccessDenied');
    expect(await may('get_bucket_acl', {})).toBe('AccessDenied');
    const empty = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    expect(await may('put_bucket_policy', { Policy: empty })).not.toBe('granted');
    expect(await may('put_object_acl', { Key: 'a/x', ACL: 'public-read' })).toBe('AccessDenied');
    for (const RoleArn of [store.roleArn, store.looseRoleArn]) {
      const parameters = { RoleArn, RoleSessionName: 'chained' };
      expect((await store.ceph.call({ service: 'sts', operation: 'assume_role', parameters, keys })).status).toBe(403);
    }
  });

  test('neither uploads in parts nor deletions of many get beyond it', async () => {
    const [all, writer] = [await session({}), await session({ verbs: ['write'] })];
    expect(await writer('create_multipart_upload', { Key: 'a/parts' })).toBe('granted');
    expect(await writer('create_multipart_upload', { Key: 'b/parts' })).toBe('AccessDenied');
    const upload = { Bucket: 'features', Key: 'a/parts' };
    const { result } = await store.s3(store.ceph.adminKeys, 'create_multipart_upload', upload);
    const part = { Key: 'a/parts', UploadId: result.UploadId, PartNumber: 1 };
    expect(await writer('upload_part', { ...part, Body: 'x' })).toBe('granted');
    expect(await all('upload_part_copy', { ...part, CopySource: 'features/b/x' })).toBe('AccessDenied');
    expect(await all('delete_objects', { Delete: { Objects: [{ Key: 'a/x' }, { Key: 'b/x' }] } })).toBe('AccessDenied');
    expect(await all('list_multipart_uploads', {})).toBe('AccessDenied');
  });

  test('Ceph lets whoever writes an object make it public, unless the bucket passes over that', async () => {
    const writer = await session({ verbs: ['write'] });
    const toEverybody = { Key: 'a/public', Body: 'x', ACL: 'public-read' };
    const asEverybody = async () => (await fetch(`${store.ceph.endpoint}/features/a/public`)).status;
    expect(await writer('put_object', toEverybody)).toBe('granted');
    expect(await asEverybody()).toBe(200);
    const block = { BlockPublicAcls: false, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false };
    const parameters = { Bucket: 'features', PublicAccessBlockConfiguration: block };
    expect((await store.s3(store.ceph.adminKeys, 'put_public_access_block', parameters)).code).toBeNull();
    expect(await writer('put_object', toEverybody)).toBe('granted');
    expect(await asEverybody()).toBe(403);
    expect(await writer('put_object', { Key: 'a/private', Body: 'x' })).toBe('granted');
  });

  test('a role whose sessions could assume it again, and so shed their policy, is found out', async () => {
    const target = awsEngine.open(connectionTo(store, store.issuerKeys), on);
    const loose = { ...whole, roleArns: [store.looseRoleArn] };
    await expect(target.tryRole?.(loose, within(20_000))).rejects.toMatchObject({
      code: 'engine.invalid',
      message: expect.stringContaining('free of their policy'),
    });
    await expect(target.tryRole?.(whole, within(20_000))).resolves.toBeUndefined();
    // Each by itself is tight; together they are not.
    const shortfalls = await target.check([whole, loose], within(20_000));
    expect(shortfalls.map(({ what }) => what)).toEqual([
      expect.stringContaining(`keep sessions of ${store.looseRoleArn} from assuming ${store.roleArn}`),
      expect.stringContaining(`keep sessions of ${store.looseRoleArn} from assuming ${store.looseRoleArn}`),
    ]);
  });

  test('a caller narrows what the role allows, and never widens it', async () => {
    const may = await session({}, { prefix: 'a/deep/', verbs: ['read'] });
    expect(await may('get_object', { Key: 'a/deep/x' })).toBe('granted');
    expect(await may('get_object', { Key: 'a/x' })).toBe('AccessDenied');
    expect(await may('put_object', { Key: 'a/deep/x', Body: 'evil' })).toBe('AccessDenied');
    await expect(issue({}, { prefix: 'b/' })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(issue({ verbs: ['read'] }, { verbs: ['read', 'write'] })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('a policy of the role and its prefix are both obeyed', async () => {
    const statement = [
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      { Effect: 'Deny', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::features/a/deep/*'] },
    ];
    const may = await session({ policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }, null, 2) });
    expect(await may('get_object', { Key: 'a/x' })).toBe('granted');
    expect(await may('get_object', { Key: 'a/deep/x' })).toBe('AccessDenied');
    expect(await may('get_object', { Key: 'b/x' })).toBe('AccessDenied');
    expect(await may('get_bucket_acl', {})).toBe('AccessDenied');
  });

  test('prefixes may hold what people write', async () => {
    for (const prefix of ['my data/', "o'neil & söhne/", 'a+b=c%20;"d"/', '模型/', 'x{y}[z]~!()@,/']) {
      const may = await session({ prefix });
      expect([prefix, await may('put_object', { Key: `${prefix}x y`, Body: 'x' })]).toEqual([prefix, 'granted']);
      expect([prefix, await may('get_object', { Key: `${prefix}x y` })]).toEqual([prefix, 'granted']);
      expect([prefix, await may('list_objects_v2', { Prefix: prefix })]).toEqual([prefix, 'granted']);
      expect([prefix, await may('get_object', { Key: 'a/x' })]).toEqual([prefix, 'AccessDenied']);
      const url = textOf((await issue({ prefix }, { presign: 'GET', key: `${prefix}x y` })).output['url']);
      expect([prefix, (await fetch(url)).status]).toEqual([prefix, 200]);
    }
  });

  test('the session is called as its lease, and the answer says when it ends', async () => {
    const { output, lease } = await issue({});
    expect(output['arn']).toMatch(new RegExp(`/${lease.externalName}$`));
    expect(Math.abs(Number(output['ttl']) - 3600)).toBeLessThanOrEqual(2);
    expect(textOf(output['securityToken'])).toBe(textOf(output['sessionToken']));
  });

  test('a pre-signed URL gives one object, and nobody gets keys', async () => {
    const { output } = await issue({}, { presign: 'GET', key: 'a/x' });
    expect(Object.keys(output)).toEqual(['url', 'method', 'bucket', 'key', 'ttl']);
    const url = textOf(output['url']);
    expect(await (await fetch(url)).text()).toBe('this is a/x');
    expect((await fetch(url.replace('/a/x', '/a/deep/x'))).status).toBe(403);
    expect((await fetch(url.replace('/a/x', '/b/x'))).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'evil' })).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604800'))).status).toBe(403);
  });

  test('what sessions write belongs to the configured user', async () => {
    const may = await session({});
    expect(await may('put_object', { Key: 'a/owned', Body: 'x' })).toBe('granted');
    const parameters = { Bucket: 'features', Prefix: 'a/owned', FetchOwner: true };
    const { result } = await store.s3(store.ceph.adminKeys, 'list_objects_v2', parameters);
    expect(result.Contents[0].Owner.ID).toBe('issuer');
  });

  test('a pre-signed URL takes one object', async () => {
    const url = await urlFor({ presign: 'PUT', key: 'a/upload' });
    expect((await fetch(url, { method: 'PUT', body: 'uploaded' })).status).toBe(200);
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url.replace('/a/upload', '/a/x'), { method: 'PUT', body: 'evil' })).status).toBe(403);
    expect(await (await fetch(await urlFor({ presign: 'GET', key: 'a/upload' }))).text()).toBe('uploaded');
  });

  test('a pre-signed URL ends with its lease, however short', async () => {
    const url = await urlFor({ presign: 'GET', key: 'a/x' }, 2000);
    expect((await fetch(url)).status).toBe(200);
    await pause(4000);
    expect((await fetch(url)).status).toBe(403);
  }, 20_000);

  test('sessions end at once where the policy of their role is deleted, which is for whoever runs the server', async () => {
    const may = await session({ roleArns: [store.looseRoleArn] });
    expect(await may('get_object', { Key: 'a/x' })).toBe('granted');
    const parameters = { RoleName: 'loose', PolicyName: 'loose' };
    const keys = store.ceph.adminKeys;
    expect((await store.ceph.call({ service: 'iam', operation: 'delete_role_policy', parameters, keys })).code).toBeNull();
    expect(await may('get_object', { Key: 'a/x' })).toBe('AccessDenied');
  });
});
