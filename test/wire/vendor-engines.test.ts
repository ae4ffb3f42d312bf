import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, BUCKET, CONFIGURED, type FakeGcp, startFakeGcp } from '../testing/fake-gcp.ts';
import { type FakeKubernetes, ISSUER, startFakeKubernetes } from '../testing/fake-kubernetes.ts';
import { type RunningServer, startServer } from '../testing/server.ts';

/** Requests as Vault's documentation has them, to a server whose vendors are fakes. */
describe('engines of vendors, by the paths of Vault', () => {
  let server: RunningServer;
  let token: string;
  let kubernetes: FakeKubernetes;
  let google: FakeGcp;

  beforeAll(async () => {
    [server, kubernetes, google] = await Promise.all([startServer(), startFakeKubernetes(), startFakeGcp()]);
    token = await server.rootToken();
  }, 60_000);
  afterAll(() => Promise.all([server?.stop(), kubernetes?.stop(), google?.stop()]));

  async function ask(method: string, path: string, body?: object) {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  test('kubernetes: config, roles, creds', async () => {
    await ask('POST', 'sys/mounts/kubernetes', { type: 'kubernetes' });
    const config = {
      kubernetes_host: kubernetes.url,
      kubernetes_ca_cert: kubernetes.ca,
      service_account_jwt: await kubernetes.tokenOf(ISSUER),
    };
    expect((await ask('POST', 'kubernetes/config', config)).status).toBe(204);
    const read = (await ask('GET', 'kubernetes/config')).body.data;
    expect(read).toMatchObject({ kubernetes_host: kubernetes.url });
    expect(JSON.stringify(read)).not.toContain(config.service_account_jwt);
    const role = {
      allowed_kubernetes_namespaces: ['training'],
      service_account_name: 'trainer',
      token_default_ttl: '20m',
      token_max_ttl: '1h',
    };
    expect((await ask('POST', 'kubernetes/roles/deploy', role)).status).toBe(204);
    expect((await ask('GET', 'kubernetes/roles/deploy')).body.data).toMatchObject({
      token_default_ttl: 1200,
      token_max_ttl: 3600,
      allowed_kubernetes_namespaces: ['training'],
    });
    const issued = await ask('POST', 'kubernetes/creds/deploy', { kubernetes_namespace: 'training', ttl: '15m' });
    expect(issued.body).toMatchObject({ renewable: false, data: { service_account_name: 'trainer' } });
    expect(issued.body.lease_duration).toBeLessThanOrEqual(900);
    expect(issued.body.data.service_account_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await ask('POST', 'kubernetes/creds/deploy', { kubernetes_namespace: 'kube-system' })).status).toBe(400);
  });

  test('gcp: config, impersonated accounts and their tokens, under policies of their own', async () => {
    await ask('POST', 'sys/mounts/gcp', { type: 'gcp' });
    const endpoints = { oauth_endpoint: google.url, iam_credentials_endpoint: google.url, sts_endpoint: google.url };
    const config = { credentials: google.keyFile(CONFIGURED), internal: true, tls_ca: google.ca, ...endpoints };
    expect((await ask('POST', 'gcp/config', config)).status).toBe(204);
    const account = { service_account_email: ACCOUNT, bucket: BUCKET, prefix: 'a/', verbs: ['read'], ttl: '30m' };
    expect((await ask('POST', 'gcp/impersonated-account/features', account)).status).toBe(204);
    expect((await ask('LIST', 'gcp/impersonated-accounts')).body.data.keys).toEqual(['features']);
    expect((await ask('GET', 'gcp/impersonated-account/features')).body.data).toMatchObject({ ttl: 1800, bucket: BUCKET });
    await ask('POST', 'sys/policies/acl/job', {
      policy: 'path "gcp/impersonated-account/features/token" { capabilities = ["read"] }',
    });
    const job = (await ask('POST', 'auth/token/create', { policies: ['job'] })).body.auth.client_token;
    const as = async (path: string) => (await fetch(`${server.url}/v1/${path}`, { headers: { 'X-Vault-Token': job } })).status;
    expect(await as('gcp/impersonated-account/features/token')).toBe(200);
    expect(await as('gcp/impersonated-account/features')).toBe(403);
    expect(await as('gcp/creds/features')).toBe(403);
    expect((await ask('GET', 'gcp/impersonated-account/features/token')).body.data.token).toBeTypeOf('string');
  });

  test('a vendor that does not answer is told of by name, and the settings before stay', async () => {
    const gone = { kubernetes_host: 'https://127.0.0.1:1', kubernetes_ca_cert: kubernetes.ca };
    const refused = await ask('POST', 'kubernetes/config', gone);
    expect([refused.status, refused.body.errors[0]]).toEqual([503, expect.stringContaining('the target does not answer')]);
    expect((await ask('GET', 'kubernetes/config')).body.data.kubernetes_host).toBe(kubernetes.url);
  });
});
