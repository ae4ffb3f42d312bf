import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ObjectStore, startObjectStore } from '../testing/object-store.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { splitPolicies, splitRoles } from '../testing/split-page.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { boto3, ceph } = inject('services');

interface Workload {
  readonly token: string;
  issue(
    path: string,
    body?: object,
  ): Promise<{
    status: number;
    json: { lease_id: string; lease_duration: number; renewable: boolean; data: Data; warnings: string[] };
  }>;
  /** `granted`, or why not. */
  may(operation: string, parameters: object): Promise<string>;
}
type Data = Record<string, string>;

describe.skipIf(!boto3 || !ceph)('one bucket, two workloads', () => {
  let server: RunningServer;
  let root: VaultClient;
  let store: ObjectStore;
  let pipeline: Workload;
  let inference: Workload;

  async function done(method: string, path: string, body?: object) {
    const answer = await root.send(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async function workload(role: string): Promise<Workload> {
    const own = `path "aws/creds/${role}" { capabilities = ["read", "update"] }`;
    const policy = (await splitPolicies()).get(role) ?? own;
    await done('POST', `sys/policies/acl/${role}`, { policy });
    const { auth } = await done('POST', 'auth/token/create', { policies: [role], ttl: '2h' });
    const token = auth.client_token as string;
    const issue: Workload['issue'] = (path, body) =>
      root.send(body === undefined ? 'GET' : 'POST', path, { token, ...(body === undefined ? {} : { body }) });
    const { json } = await issue(`aws/creds/${role}`);
    const keys = {
      accessKeyId: json.data['access_key'] ?? '',
      secretAccessKey: json.data['secret_key'] ?? '',
      sessionToken: json.data['session_token'] ?? '',
    };
    const may: Workload['may'] = async (operation, parameters) =>
      (await store.s3(keys, operation, { Bucket: 'features', ...parameters })).code ?? 'granted';
    return { token, issue, may };
  }

  beforeAll(async () => {
    [server, store] = await Promise.all([startServer(), startObjectStore(boto3 ?? '', ['features', 'models'])]);
    root = new VaultClient(server.url, await server.rootToken());
    await done('POST', 'sys/mounts/aws', { type: 'aws' });
    await done('POST', 'aws/config/root', {
      access_key: store.issuerKeys.accessKeyId,
      secret_key: store.issuerKeys.secretAccessKey,
      sts_endpoint: store.ceph.endpoint,
      internal: true,
    });
    const common = { credential_type: 'assumed_role', role_arns: [store.roleArn], bucket: 'features', default_sts_ttl: '1h' };
    await done('POST', 'aws/roles/pipeline', { ...common, prefix: 'vision/', verbs: 'write' });
    await done('POST', 'aws/roles/inference', { ...common, prefix: 'vision/', verbs: 'read,list' });
    [pipeline, inference] = [await workload('pipeline'), await workload('inference')];
  }, 60_000);
  afterAll(async () => {
    await store?.stop();
    await server?.stop();
  });

  test('the pipeline writes what the inference service reads, and not the other way round', async () => {
    expect(await pipeline.may('put_object', { Key: 'vision/model', Body: 'weights' })).toBe('granted');
    expect(await inference.may('get_object', { Key: 'vision/model' })).toBe('granted');
    expect(await inference.may('list_objects_v2', { Prefix: 'vision/' })).toBe('granted');
    expect(await pipeline.may('get_object', { Key: 'vision/model' })).toBe('AccessDenied');
    expect(await inference.may('put_object', { Key: 'vision/model', Body: 'evil' })).toBe('AccessDenied');
    expect(await pipeline.may('put_object', { Key: 'audio/model', Body: 'evil' })).toBe('AccessDenied');
  });

  test('the roles of the page on registries: who publishes writes its models, who serves reads them, and nothing else', async () => {
    for (const [name, role] of await splitRoles('aws'))
      await done('POST', `aws/roles/${name}`, { ...role, role_arns: store.roleArn });
    const [build, serve] = [await workload('registry-build'), await workload('registry-serve')];
    await store.put('models', 'fraud/1', 'weights');
    const [own, other] = [
      { Bucket: 'models', Key: 'churn/1' },
      { Bucket: 'models', Key: 'fraud/1' },
    ];
    const elsewhere = { Bucket: 'features', Key: 'churn/1' };
    expect(await build.may('put_object', { ...own, Body: 'weights' })).toBe('granted');
    expect(await serve.may('get_object', own)).toBe('granted');
    expect(await serve.may('list_objects_v2', { Bucket: 'models', Prefix: 'churn/' })).toBe('granted');
    const refused = [
      build.may('get_object', own),
      build.may('delete_object', own),
      build.may('list_objects_v2', { Bucket: 'models', Prefix: 'churn/' }),
      build.may('put_object', { ...other, Body: 'evil' }),
      build.may('put_object', { ...elsewhere, Body: 'evil' }),
      serve.may('put_object', { ...own, Body: 'evil' }),
      serve.may('delete_object', own),
      serve.may('get_object', other),
      serve.may('list_objects_v2', { Bucket: 'models', Prefix: 'fraud/' }),
      serve.may('list_objects_v2', { Bucket: 'models' }),
    ];
    expect(new Set(await Promise.all(refused))).toEqual(new Set(['AccessDenied']));
    expect((await build.issue('aws/creds/registry-serve')).status).toBe(403);
    expect((await serve.issue('aws/creds/registry-build')).status).toBe(403);
  }, 60_000);

  test('neither gets the other’s credentials, nor more than its own role', async () => {
    expect((await pipeline.issue('aws/creds/inference')).status).toBe(403);
    expect((await inference.issue('aws/creds/pipeline')).status).toBe(403);
    expect((await inference.issue('aws/sts/inference')).status).toBe(403);
    expect((await inference.issue('aws/creds/inference', { verbs: 'write' })).status).toBe(400);
    expect((await inference.issue('aws/creds/inference', { prefix: 'audio/' })).status).toBe(400);
    expect((await inference.issue('aws/creds/inference', { ttl: '1m' })).status).toBe(400);
  });

  test('what Vault answers is answered, and the lease leads to the session', async () => {
    const { json } = await inference.issue('aws/creds/inference', { ttl: '20m' });
    expect(json.renewable).toBe(false);
    expect(Math.abs(json.lease_duration - 1200)).toBeLessThanOrEqual(5);
    expect(Object.keys(json.data).toSorted()).toEqual([
      'access_key',
      'arn',
      'secret_key',
      'security_token',
      'session_token',
      'ttl',
    ]);
    expect(json.warnings.join()).toContain('cannot be revoked');
    const { data } = await done('POST', 'sys/leases/lookup', { lease_id: json.lease_id });
    expect(json.data['arn']).toContain(data.external_name);
    await done('POST', 'sys/leases/revoke', { lease_id: json.lease_id });
  });

  test('a URL of one object is all that its caller gets', async () => {
    const { json } = await inference.issue('aws/creds/inference', { presign: 'GET', key: 'vision/model', presign_ttl: '2m' });
    expect(await (await fetch(json.data['url'] ?? '')).text()).toBe('weights');
    expect(json.lease_duration).toBeLessThanOrEqual(120);
    expect(json.data['secret_key']).toBeUndefined();
  });

  test('settings are told but for the secret key, and a role that lets sessions go free is refused', async () => {
    const { data } = await done('GET', 'aws/config/root');
    expect(data).toMatchObject({ access_key: store.issuerKeys.accessKeyId, revocation: 'expiry-only' });
    expect(JSON.stringify(data)).not.toContain(store.issuerKeys.secretAccessKey);
    const role = { credential_type: 'assumed_role', role_arns: [store.looseRoleArn], bucket: 'features', verbs: ['read'] };
    const refused = await root.send('POST', 'aws/roles/loose', { body: role });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('free of their policy')]);
    const user = await root.send('POST', 'aws/roles/user', { body: { credential_type: 'iam_user' } });
    expect([user.status, user.text]).toEqual([400, expect.stringContaining('Use assumed_role')]);
  });

  test('no key of a session stands in what the server prints or logs', async () => {
    const { json } = await inference.issue('aws/creds/inference');
    for (const name of ['secret_key', 'session_token']) expect(server.output()).not.toContain(json.data[name]);
    expect(server.output()).not.toContain(store.issuerKeys.secretAccessKey);
  });
});
