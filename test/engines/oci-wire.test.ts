import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type OciRegistry, startOciRegistry } from '../testing/oci-registry.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { splitPolicies, splitRoles } from '../testing/split-page.ts';
import { VaultClient } from '../testing/vault-client.ts';

/** The roles and policies of docs/how-to/split-registry-credentials.md, at an OCI registry. */
describe.skipIf(!inject('services').ociRegistry)('a model registry that speaks OCI', () => {
  let server: RunningServer;
  let root: VaultClient;
  let registry: OciRegistry;
  const REFUSED = /unauthorized|authentication required|denied/;

  async function done(method: string, path: string, body?: object) {
    const answer = await root.send(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }
  const tokenOf = async (name: string): Promise<string> =>
    (await done('POST', 'auth/token/create', { policies: [name], ttl: '1h' })).auth.client_token;
  const ask = (token: string, role: string, body?: object) =>
    root.send(body === undefined ? 'GET' : 'POST', `oci/creds/${role}`, { token, ...(body === undefined ? {} : { body }) });
  const credential = async (name: string): Promise<string> => (await ask(await tokenOf(name), name)).json.data.token;

  beforeAll(async () => {
    server = await startServer();
    root = new VaultClient(server.url, await server.rootToken());
    await done('POST', 'sys/mounts/oci', { type: 'oci' });
    // The registry does not start before it has the certificate.
    const said = { url: 'https://registry.example', verify_connection: false };
    const { certificate } = (await done('POST', 'oci/config/registry', said)).data;
    registry = await startOciRegistry(certificate);
    const { warnings } = await done('POST', 'oci/config/registry', { url: registry.url, tls_ca: registry.tlsCa });
    if ((warnings ?? []).length > 0) throw new Error(warnings.join());
    for (const [name, role] of await splitRoles('oci')) await done('POST', `oci/roles/${name}`, role);
    for (const [name, policy] of await splitPolicies()) await done('POST', `sys/policies/acl/${name}`, { policy });
  }, 60_000);
  afterAll(async () => {
    await registry?.stop();
    await server?.stop();
  });

  test('the pipeline pushes, the inference service pulls what it has pushed, and cannot push', async () => {
    const [writer, reader] = [await credential('registry-build'), await credential('registry-serve')];
    await registry.push('models/churn:v1', writer);
    await registry.pull('models/churn:v1', reader);
    await expect(registry.push('models/churn:v2', reader)).rejects.toThrow(REFUSED);
    for (const token of [writer, reader]) {
      await expect(registry.push('models/fraud:v1', token)).rejects.toThrow(REFUSED);
      await expect(registry.pull('models/fraud:v1', token)).rejects.toThrow(REFUSED);
    }
  });

  test('neither gets the other’s credential, nor more than its own; general engineering gets nothing', async () => {
    const [build, serve] = [await tokenOf('registry-build'), await tokenOf('registry-serve')];
    expect([(await ask(build, 'registry-serve')).status, (await ask(serve, 'registry-build')).status]).toEqual([403, 403]);
    const engineer = await tokenOf('engineering');
    const asked = { registry: { url: 'https://elsewhere.example' }, role: { repositories: 'models/churn', verbs: 'write' } };
    for (const token of [build, serve, engineer]) {
      if (token === engineer)
        for (const role of ['registry-build', 'registry-serve']) expect((await ask(token, role)).status).toBe(403);
      for (const [path, body] of [
        ['oci/config/registry', asked.registry],
        ['oci/roles/registry-serve', asked.role],
      ] as const) {
        expect((await root.send('POST', path, { token, body })).status).toBe(403);
        expect((await root.send('GET', path, { token })).status).toBe(403);
      }
    }
    await done('POST', 'sys/policies/acl/narrow', {
      policy: 'path "oci/creds/registry-serve" { capabilities = ["read", "update"] }',
    });
    const narrowing = await tokenOf('narrow');
    const mistyped = await ask(narrowing, 'registry-serve', { verb: 'read' });
    expect(mistyped.json.warnings).toContain('Endpoint ignored these unrecognized parameters: [verb]');
    const nothing = [{ verbs: [] }, { repositories: '' }];
    for (const body of [{ verbs: 'write' }, { repositories: 'models/fraud' }, { repositories: '*' }, ...nothing]) {
      expect((await ask(narrowing, 'registry-serve', body)).status).toBe(400);
    }
  });

  test('a credential lives for a quarter of an hour, and it is said that nothing takes it back', async () => {
    const { json } = await ask(await tokenOf('registry-serve'), 'registry-serve');
    expect(json.renewable).toBe(false);
    expect(Math.abs(json.lease_duration - 900)).toBeLessThanOrEqual(5);
    expect(Object.keys(json.data).toSorted()).toEqual([
      'docker_config',
      'registry',
      'repositories',
      'token',
      'token_id',
      'verbs',
    ]);
    expect(json.warnings.join()).toContain('cannot be revoked');
    await done('POST', 'sys/leases/revoke', { lease_id: json.lease_id });
    expect(server.output()).not.toContain(json.data.token);
  });

  test('the certificate is told to anybody, and the key to nobody', async () => {
    const answer = await fetch(`${server.url}/v1/oci/certificate`);
    expect(new X509Certificate(await answer.text()).subject).toContain('Watchword');
    const { data } = await done('GET', 'oci/config/registry');
    expect(data).toMatchObject({ url: registry.url, issuer: 'watchword', leeway: 60, revocation: 'expiry-only' });
    expect(JSON.stringify(data)).not.toContain('PRIVATE');
    expect(data.signing_key).toBeUndefined();
  });

  test('a test says that all is well, and what to do where the issuer is another one', async () => {
    expect((await done('GET', 'oci/test/registry')).data).toMatchObject({ reached: true, shortfalls: [] });
    const { warnings } = await done('POST', 'oci/config/registry', { issuer: 'other' });
    expect(warnings.join()).toContain('set auth.token.issuer to other');
    await done('POST', 'oci/config/registry', { issuer: 'watchword' });
    expect((await done('GET', 'oci/test/registry')).data.shortfalls).toEqual([]);
  });

  test.each([
    ['models/../secrets', 'parts of small letters'],
    ['Models/churn', 'small letters alone'],
    ['models/churn:latest', "without the registry's host"],
    ['models/*', 'wildcards'],
    ['models//churn', 'parts of small letters'],
    ['/models', 'parts of small letters'],
    ['models/churn ', 'parts of small letters'],
  ])('a role for %s is refused, and it is said why', async (name, why) => {
    const { status, text } = await root.send('POST', 'oci/roles/bad', { body: { repositories: [name], verbs: ['read'] } });
    expect([status, text]).toEqual([400, expect.stringContaining(why)]);
  });
});
