import HashiVault from 'hashi-vault-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { writeTlsFiles } from '../testing/tls-files.ts';
import { differences, performed } from './driven.ts';

// biome-ignore lint/suspicious/noExplicitAny: the client's own types say `Object` of every answer.
type Client = any;

let server: RunningServer;
let token: string;
let vault: Client;
/** Operations of servers that only one test had. */
const elsewhere: string[] = [];
/** Operations that this suite needs and the client has no call for. */
const byHand = ['approle.roles.write', 'mounts.enable'];

const clientOf = (options: object = {}): Client => new HashiVault({ baseUrl: `${server.url}/v1`, timeout: 10_000, ...options });
/** A refusal as axios hands it over, marked by the client as Vault's. */
const refusal = (status: number, ...errors: unknown[]) => ({ isVaultError: true, response: { status, data: { errors } } });

beforeAll(async () => {
  server = await startServer();
  token = await server.rootToken();
  vault = clientOf();
});
afterAll(() => server.stop());

describe('hashi-vault-js: the store itself', () => {
  test('health and seal status', async () => {
    expect(await vault.healthCheck()).toMatchObject({ initialized: true, sealed: false });
    expect(await vault.healthCheck({ activecode: 204, standbyok: true })).toBeDefined();
    await expect(vault.healthCheck({ activecode: 472 })).rejects.toMatchObject({ response: { status: 472 } });
    expect(await vault.sealStatus()).toMatchObject({ sealed: false, type: 'static' });
  });

  test('a shamir store is unsealed and sealed', async () => {
    const shamir = await startServer({ args: ['--seal', 'shamir'] });
    try {
      const answer = await fetch(`${shamir.url}/v1/sys/init`, {
        method: 'PUT',
        body: JSON.stringify({ secret_shares: 3, secret_threshold: 2 }),
      });
      const made = (await answer.json()) as { keys: string[]; root_token: string };
      const client = clientOf({ baseUrl: `${shamir.url}/v1` });
      await expect(client.healthCheck()).rejects.toMatchObject({ isVaultError: true, response: { status: 503 } });
      expect(await client.sysUnseal(made.root_token, made.keys[0])).toMatchObject({ sealed: true, progress: 1 });
      expect(await client.sysUnseal(made.root_token, undefined, true)).toMatchObject({ progress: 0 });
      await client.sysUnseal(made.root_token, made.keys[1], false, false);
      expect(await client.sysUnseal(made.root_token, made.keys[2])).toMatchObject({ sealed: false });
      await client.sysSeal(made.root_token);
      await expect(client.lookupSelfToken(made.root_token)).rejects.toMatchObject(refusal(503, 'Vault is sealed'));
      for (const key of made.keys.slice(0, 2)) await client.sysUnseal(made.root_token, key);
      elsewhere.push(...(await performed(shamir.url, made.root_token)));
    } finally {
      await shamir.stop();
    }
  });

  test('capabilities', async () => {
    const { client_token } = await vault.createToken(token, { policies: ['default'] });
    expect(await vault.sysCapabilitiesSelf(token, ['secret/data/a'])).toMatchObject({ capabilities: ['root'] });
    expect(await vault.sysCapabilities(token, client_token, ['secret/data/a', 'auth/token/lookup-self'])).toEqual({
      'secret/data/a': ['deny'],
      'auth/token/lookup-self': ['read'],
    });
  });

  test('metrics as text', async () => {
    expect(await vault.sysMetrics(token, 'prometheus')).toContain('# TYPE');
    await expect(vault.sysMetrics('unknown', 'prometheus')).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('TLS with a certificate of its own', async () => {
    const files = await writeTlsFiles(selfSigned());
    const tls = await startServer({ args: files.args });
    try {
      const client = clientOf({ baseUrl: `${tls.url}/v1`, https: true, cacert: files.certFile });
      await client.createKVSecret(await tls.rootToken(), 'x', { a: '1' });
      expect(await client.listKVSecrets(await tls.rootToken())).toEqual({ keys: ['x'] });
    } finally {
      await tls.stop();
      await files.remove();
    }
  });

  test('the root namespace may be named, another does not exist', async () => {
    expect(await clientOf({ namespace: 'root' }).lookupSelfToken(token)).toMatchObject({ path: 'auth/token/root' });
    await expect(clientOf({ namespace: 'team' }).lookupSelfToken(token)).rejects.toMatchObject({ response: { status: 404 } });
  });
});

describe('hashi-vault-js: secrets', () => {
  test('versions are written, read and compared', async () => {
    expect(await vault.createKVSecret(token, 'a/b', { n: 1 })).toMatchObject({ version: 1, destroyed: false });
    await expect(vault.createKVSecret(token, 'a/b', { n: 1 })).rejects.toMatchObject(
      refusal(400, 'check-and-set parameter did not match the current version'),
    );
    expect(await vault.updateKVSecret(token, 'a/b', { n: 2, text: '🔑' }, 1)).toMatchObject({ version: 2 });
    expect(await vault.readKVSecret(token, 'a/b')).toMatchObject({ data: { n: 2, text: '🔑' }, metadata: { version: 2 } });
    expect(await vault.readKVSecret(token, 'a/b', 1)).toMatchObject({ data: { n: 1 } });
    expect(await vault.listKVSecrets(token, 'a')).toEqual({ keys: ['b'] });
    await expect(vault.readKVSecret(token, 'none')).rejects.toMatchObject(refusal(404));
    await expect(vault.listKVSecrets(token, 'none')).rejects.toMatchObject(refusal(404));
    await expect(vault.readKVSecret('unknown', 'a/b')).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('versions are deleted, undeleted, destroyed and eliminated', async () => {
    await vault.createKVSecret(token, 'gone', { n: 1 });
    await vault.deleteLatestVerKVSecret(token, 'gone');
    await expect(vault.readKVSecret(token, 'gone')).rejects.toMatchObject({
      response: { status: 404, data: { data: { data: null, metadata: { version: 1 } } } },
    });
    await vault.undeleteVersionsKVSecret(token, 'gone', [1]);
    expect(await vault.readKVSecret(token, 'gone')).toMatchObject({ data: { n: 1 } });
    await vault.deleteVersionsKVSecret(token, 'gone', [1]);
    await vault.destroyVersionsKVSecret(token, 'gone', [1]);
    expect(await vault.readKVSecretMeta(token, 'gone')).toMatchObject({ versions: { 1: { destroyed: true } } });
    await vault.eliminateKVSecret(token, 'gone');
    await expect(vault.readKVSecretMeta(token, 'gone')).rejects.toMatchObject(refusal(404));
  });

  test('settings and metadata', async () => {
    await vault.updateKVEngineConfig(token, { max_versions: 5, cas_required: false, delete_version_after: '768h' });
    expect(await vault.readKVEngineConfig(token)).toEqual({
      cas_required: false,
      delete_version_after: '768h0m0s',
      max_versions: 5,
    });
    await vault.createKVSecretMeta(token, 'meta', { custom_metadata: { owner: 'me' }, max_versions: 3 });
    await vault.updateKVSecretMeta(token, 'meta', { cas_required: true });
    expect(await vault.readKVSecretMeta(token, 'meta')).toMatchObject({
      custom_metadata: { owner: 'me' },
      max_versions: 3,
      cas_required: true,
      current_version: 0,
    });
  });
});

describe('hashi-vault-js: tokens', () => {
  test('made, looked up, renewed and revoked', async () => {
    const auth = await vault.createToken(token, { policies: ['default'], ttl: '1h', meta: { team: 'x' } });
    expect(auth).toMatchObject({ lease_duration: 3600, metadata: { team: 'x' }, token_type: 'service' });
    expect(await vault.lookupToken(token, auth.client_token)).toMatchObject({ id: auth.client_token, num_uses: 0 });
    expect(await vault.lookupSelfToken(auth.client_token)).toMatchObject({ meta: { team: 'x' } });
    expect(await vault.renewToken(token, auth.client_token, '2h')).toMatchObject({ lease_duration: 7200 });
    expect(await vault.renewSelfToken(auth.client_token, '30m')).toMatchObject({ lease_duration: 1800 });
    await vault.revokeToken(token, auth.client_token);
    await expect(vault.lookupSelfToken(auth.client_token)).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('by accessor', async () => {
    const { accessor, client_token } = await vault.createToken(token, { policies: ['default'], ttl: '1h' });
    expect((await vault.listAccessors(token)).keys).toContain(accessor);
    expect(await vault.lookupAccessor(token, accessor)).toMatchObject({ id: '', accessor });
    expect(await vault.renewAccessor(token, accessor, '10m')).toMatchObject({ client_token: '', lease_duration: 600 });
    await vault.revokeAccessor(token, accessor);
    await expect(vault.lookupAccessor(token, accessor)).rejects.toMatchObject(refusal(400, 'invalid accessor'));
    await expect(vault.revokeSelfToken(client_token)).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('a token ends itself', async () => {
    const { client_token } = await vault.createToken(token, { policies: ['default'] });
    await vault.revokeSelfToken(client_token);
    await expect(vault.revokeSelfToken(client_token)).rejects.toMatchObject({ response: { status: 403 } });
  });

  test('an unknown role, and a lifetime that is none', async () => {
    await expect(vault.createToken(token, { role_name: 'none' })).rejects.toMatchObject({ response: { status: 400 } });
    await expect(vault.createToken(token, { ttl: 'soon' })).rejects.toMatchObject({ response: { status: 400 } });
  });
});

describe('hashi-vault-js: logins with what was handed out beforehand', () => {
  /** What the client has no call for. */
  const write = (path: string, body: object) =>
    fetch(`${server.url}/v1/${path}`, { method: 'POST', headers: { 'X-Vault-Token': token }, body: JSON.stringify(body) });

  test('a role id and a secret id', async () => {
    await write('sys/auth/approle', { type: 'approle' });
    await write('auth/approle/role/train', { token_policies: 'features', secret_id_num_uses: 2, role_id: 'my-role-id' });
    const { secret_id } = await vault.generateAppRoleSecretId(token, 'train', '{"team":"vision"}');
    expect(await vault.readAppRoleSecretId(token, 'train', secret_id)).toMatchObject({ metadata: { team: 'vision' } });
    expect(await vault.loginWithAppRole('my-role-id', secret_id)).toMatchObject({
      policies: ['default', 'features'],
      metadata: { team: 'vision', role_name: 'train' },
    });
    await vault.destroyAppRoleSecretId(token, 'train', secret_id);
    await expect(vault.loginWithAppRole('my-role-id', secret_id)).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('a user name and a password', async () => {
    await write('sys/auth/userpass', { type: 'userpass' });
    await vault.createUserpassUser(token, 'ada', 'first', ['people']);
    expect(await vault.readUserpassUser(token, 'ada')).toMatchObject({ token_policies: ['people'] });
    expect(await vault.listUserpassUsers(token)).toEqual({ keys: ['ada'] });
    await vault.updateUserpassPolicies(token, 'ada', ['others']);
    await vault.updateUserpassPassword(token, 'ada', 'second');
    await expect(vault.loginWithUserpass('ada', 'first')).rejects.toMatchObject(refusal(403, 'permission denied'));
    expect(await vault.loginWithUserpass('ada', 'second')).toMatchObject({ policies: ['default', 'others'] });
    await vault.deleteUserpassUser(token, 'ada');
    await expect(vault.loginWithUserpass('ada', 'second')).rejects.toMatchObject(refusal(403, 'permission denied'));
  });
});

test('the coverage table says of hashi-vault-js what was done here', async () => {
  const done = [...elsewhere, ...(await performed(server.url, token))].filter((operation) => !byHand.includes(operation));
  expect(differences('hashi-vault-js', done)).toEqual({ claimedOnly: [], unclaimed: [] });
});
