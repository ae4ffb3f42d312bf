import nodeVault from 'node-vault';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { type IssuerServer, startIssuer } from '../testing/issuer.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type TlsFiles, writeTlsFiles } from '../testing/tls-files.ts';
import { differences, performed } from './driven.ts';
import { driveAws, driveCredentials, driveRabbitmq, driveSsh } from './node-vault-credentials.ts';

type Client = ReturnType<typeof nodeVault>;

let server: RunningServer;
let token: string;
let vault: Client;
/** Operations of servers that only one test had. */
const elsewhere: string[] = [];

const clientOf = (options: object = {}): Client => nodeVault({ endpoint: server.url, token, ...options });
/** The client takes the token that it is given when it makes one. */
const created = async (options: object) => (await clientOf()['tokenCreate'](options)).auth;
/** A refusal as the client hands it over: message, status and Vault's list of errors. */
const refusal = (statusCode: number, ...errors: unknown[]) => ({
  message: errors.length === 0 ? `Status ${statusCode}` : errors[0],
  response: { statusCode, body: { errors } },
});

beforeAll(async () => {
  server = await startServer();
  token = await server.rootToken();
  vault = clientOf();
  await vault['mount']({ mount_point: 'one', type: 'kv' });
  await vault['mount']({ mount_point: 'two', type: 'kv', options: { version: '2' }, description: 'versioned' });
});
afterAll(() => server.stop());

describe('node-vault: the store itself', () => {
  test('status, health, leader', async () => {
    expect(await vault['status']()).toMatchObject({ sealed: false, initialized: true, type: 'static' });
    expect(await vault['initialized']()).toEqual({ initialized: true });
    expect(await vault['health']()).toMatchObject({ initialized: true, sealed: false, standby: false });
    expect(await vault['health']({ activecode: 299 })).toMatchObject({ initialized: true });
    expect(await vault['leader']()).toMatchObject({ ha_enabled: false });
    await expect(vault['init']({ secret_shares: 1, secret_threshold: 1 })).rejects.toMatchObject(
      refusal(400, 'Vault is already initialized'),
    );
  });

  test('a shamir store is initialised, unsealed and sealed', async () => {
    const shamir = await startServer({ args: ['--seal', 'shamir'] });
    try {
      const stranger = clientOf({ endpoint: shamir.url, token: undefined });
      expect(await stranger['initialized']()).toEqual({ initialized: false });
      const made = await stranger['init']({ secret_shares: 3, secret_threshold: 2 });
      expect(made.keys).toHaveLength(3);
      const owner = clientOf({ endpoint: shamir.url, token: made.root_token });
      await expect(owner.read('secret/data/x')).rejects.toMatchObject(refusal(503, 'Vault is sealed'));
      expect(await stranger['unseal']({ key: made.keys[0] })).toMatchObject({ sealed: true, progress: 1, t: 2, n: 3 });
      expect(await stranger['unseal']({ reset: true })).toMatchObject({ progress: 0 });
      for (const key of made.keys_base64.slice(1)) await stranger['unseal']({ key });
      expect(await stranger['status']()).toMatchObject({ sealed: false });
      await owner['seal']();
      expect(await stranger['health']()).toMatchObject({ sealed: true });
      for (const key of made.keys.slice(0, 2)) await stranger['unseal']({ key });
      elsewhere.push('system.initialize', ...(await performed(shamir.url, made.root_token)));
    } finally {
      await shamir.stop();
    }
  });

  test('mounts', async () => {
    const { data } = await vault['mounts']();
    expect(data['two/']).toMatchObject({ type: 'kv', options: { version: '2' }, description: 'versioned' });
    await vault['mount']({ mount_point: 'moving', type: 'kv' });
    await vault.write('moving/x', { a: '1' });
    await vault['remount']({ from: 'moving', to: 'moved' });
    expect((await vault.read('moved/x')).data).toEqual({ a: '1' });
    await vault['unmount']({ mount_point: 'moved' });
    await expect(vault.read('moved/x')).rejects.toMatchObject({ response: { statusCode: 404 } });
    await expect(vault['mount']({ mount_point: 'two', type: 'kv' })).rejects.toMatchObject({ response: { statusCode: 400 } });
    expect((await vault['auths']()).data['token/'].type).toBe('token');
    expect(Object.keys((await vault['audits']()).data)).toHaveLength(1);
  });

  test('policies', async () => {
    const rules = 'path "two/*" { capabilities = ["read"] }';
    await vault['addPolicy']({ name: 'nv', rules });
    expect((await vault['getPolicy']({ name: 'nv' })).data.rules).toBe(rules);
    expect((await vault['policies']()).data.policies).toContain('nv');
    await vault['removePolicy']({ name: 'nv' });
    await expect(vault['getPolicy']({ name: 'nv' })).rejects.toMatchObject(refusal(404));
    await expect(vault['addPolicy']({ name: 'nv', rules: 'path {' })).rejects.toMatchObject({ response: { statusCode: 400 } });
  });

  test('help tells what a path offers', async () => {
    expect((await vault.help('sys/mounts')).help).toContain('mounts');
  });

  test('TLS with a certificate of its own', async () => {
    const files: TlsFiles = await writeTlsFiles(selfSigned());
    const tls = await startServer({ args: files.args });
    try {
      const options = { endpoint: tls.url, token: await tls.rootToken() };
      const trusting = nodeVault({ ...options, requestOptions: { ca: files.cert } });
      await trusting.write('secret/data/x', { data: { a: '1' } });
      expect((await trusting.list('secret/metadata')).data.keys).toEqual(['x']);
      expect((await trusting.read('secret/data/x')).data.data).toEqual({ a: '1' });
      await expect(nodeVault(options).read('secret/data/x')).rejects.toThrow('self-signed certificate');
    } finally {
      await tls.stop();
      await files.remove();
    }
  });
});

describe('node-vault: secrets', () => {
  test('version 1: write, read, list, delete', async () => {
    expect(await vault.write('one/a/b', { x: '1', nested: { list: [1, null, 'ä'] } })).toBe('');
    expect((await vault.read('one/a/b')).data).toEqual({ x: '1', nested: { list: [1, null, 'ä'] } });
    expect((await vault.list('one/a')).data.keys).toEqual(['b']);
    await vault.delete('one/a/b');
    await expect(vault.read('one/a/b')).rejects.toMatchObject(refusal(404));
    await expect(vault.list('one/a')).rejects.toMatchObject(refusal(404));
    await expect(vault.write('one/a', {})).rejects.toMatchObject(refusal(400, 'missing data fields'));
  });

  test('version 2: versions come, go and come back', async () => {
    expect((await vault.write('two/data/v', { data: { n: 1 } })).data.version).toBe(1);
    await vault.write('two/data/v', { data: { n: 2 }, options: { cas: 1 } });
    await expect(vault.write('two/data/v', { data: { n: 3 }, options: { cas: 1 } })).rejects.toMatchObject(
      refusal(400, 'check-and-set parameter did not match the current version'),
    );
    expect((await vault.read('two/data/v?version=1')).data.data).toEqual({ n: 1 });
    await vault.delete('two/data/v');
    await expect(vault.read('two/data/v')).rejects.toMatchObject({
      message: 'Status 404',
      response: { statusCode: 404, body: { data: { data: null, metadata: { version: 2, destroyed: false } } } },
    });
    await vault.write('two/undelete/v', { versions: [2] });
    expect((await vault.read('two/data/v')).data.data).toEqual({ n: 2 });
    await vault.write('two/delete/v', { versions: [2] });
    await vault['destroySecretVersions']({ mount_point: 'two', path: 'v', versions: [1] });
    expect((await vault.read('two/metadata/v')).data.versions).toMatchObject({ 1: { destroyed: true }, 2: { destroyed: false } });
    await vault.delete('two/metadata/v');
    await expect(vault.read('two/metadata/v')).rejects.toMatchObject(refusal(404));
  });

  test('a merge patch changes what it names and removes what is null', async () => {
    await vault.write('two/data/p', { data: { keep: 1, change: { a: 1, b: 2 }, drop: 'x' } });
    expect((await vault.update('two/data/p', { data: { change: { a: 9 }, drop: null } })).data.version).toBe(2);
    expect((await vault.read('two/data/p')).data.data).toEqual({ keep: 1, change: { a: 9, b: 2 } });
    await vault.write('two/metadata/p', { custom_metadata: { owner: 'me', team: 'x' } });
    await vault.update('two/metadata/p', { custom_metadata: { team: null }, max_versions: 4 });
    expect((await vault.read('two/metadata/p')).data).toMatchObject({ custom_metadata: { owner: 'me' }, max_versions: 4 });
    await expect(vault.update('two/data/none', { data: { a: 1 } })).rejects.toMatchObject({ response: { statusCode: 404 } });
  });

  test('settings of a mount, subkeys', async () => {
    await vault.write('two/config', { max_versions: 5, delete_version_after: '3h25m19s' });
    expect((await vault.read('two/config')).data).toEqual({
      cas_required: false,
      delete_version_after: '3h25m19s',
      max_versions: 5,
    });
    await vault.write('two/config', { max_versions: 0, delete_version_after: '0s' });
    await vault.write('two/data/s', { data: { a: { b: 1 }, c: 2 } });
    expect((await vault.read('two/subkeys/s?depth=1')).data.subkeys).toEqual({ a: null, c: null });
  });

  test('lists with LIST and with GET are the same', async () => {
    for (const name of ['c', 'a', 'b/x']) await vault.write(`two/data/l/${name}`, { data: { a: 1 } });
    const keys = ['a', 'b/', 'c'];
    expect((await vault.list('two/metadata/l')).data.keys).toEqual(keys);
    expect((await clientOf({ noCustomHTTPVerbs: true }).list('two/metadata/l')).data.keys).toEqual(keys);
  });

  test('LIST between other requests on connections that are kept', async () => {
    const { Agent } = await import('node:http');
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 2 });
    const kept = clientOf({ requestOptions: { httpAgent } });
    await kept.write('two/data/k/x', { data: { a: 1 } });
    const rounds = Array.from({ length: 60 }, (_, round) =>
      round % 2 === 0 ? kept.list('two/metadata/k') : kept.read('two/data/k/x'),
    );
    for (const [round, answer] of (await Promise.all(rounds)).entries()) {
      expect(round % 2 === 0 ? answer.data.keys : answer.data.data).toEqual(round % 2 === 0 ? ['x'] : { a: 1 });
    }
    httpAgent.destroy();
  });

  test('a megabyte, and every script', async () => {
    const data = { big: 'x'.repeat(1 << 20), ключ: '🔑', '': null };
    await vault.write('two/data/values/🔑', { data });
    expect((await vault.read('two/data/values/🔑')).data.data).toEqual(data);
  });
});

describe('node-vault: tokens', () => {
  test('made, looked up, renewed and revoked', async () => {
    const auth = await created({ policies: ['default'], ttl: '1h', meta: { team: 'x' }, display_name: 'job' });
    expect(auth).toMatchObject({ policies: ['default'], lease_duration: 3600, renewable: true, metadata: { team: 'x' } });
    expect((await vault['tokenLookup']({ token: auth.client_token })).data).toMatchObject({ display_name: 'token-job' });
    expect((await vault['tokenLookupAccessor']({ accessor: auth.accessor })).data).toMatchObject({ id: '' });
    const itself = clientOf({ token: auth.client_token });
    expect((await itself['tokenLookupSelf']()).data.id).toBe(auth.client_token);
    expect((await itself['tokenRenewSelf']({ increment: '30m' })).auth.lease_duration).toBe(1800);
    const renewed = await clientOf()['tokenRenew']({ token: auth.client_token, increment: '2h' });
    expect(renewed.auth.lease_duration).toBe(7200);
    await expect(itself.read('two/data/x')).rejects.toMatchObject({ response: { statusCode: 403 } });
    await vault['tokenRevoke']({ token: auth.client_token });
    await expect(itself['tokenLookupSelf']()).rejects.toMatchObject(refusal(403, 'permission denied'));
  });

  test('orphans and accessors', async () => {
    const orphan = (await clientOf()['tokenCreateOrphan']({ policies: ['default'] })).auth;
    expect(orphan.orphan).toBe(true);
    expect((await vault['tokenAccessors']()).data.keys).toContain(orphan.accessor);
    await vault['tokenRevokeAccessor']({ accessor: orphan.accessor });
    const parent = await created({ policies: ['root'] });
    const child = (await clientOf({ token: parent.client_token })['tokenCreate']({ policies: ['default'] })).auth;
    await vault['tokenRevokeOrphan']({ token: parent.client_token });
    expect((await vault['tokenLookup']({ token: child.client_token })).data.orphan).toBe(true);
    await clientOf({ token: child.client_token })['tokenRevokeSelf']();
    await expect(vault['tokenLookup']({ token: child.client_token })).rejects.toMatchObject(refusal(403, 'bad token'));
  });

  test('roles', async () => {
    const role = { role_name: 'nv-role', allowed_policies: 'default', orphan: true, period: 3600 };
    await vault['addTokenRole'](role);
    expect((await vault['getTokenRole'](role)).data).toMatchObject({ name: 'nv-role', orphan: true, token_period: 3600 });
    expect((await vault['tokenRoles']()).data.keys).toEqual(['nv-role']);
    const { auth } = await clientOf()['tokenCreateRole']({ role_name: 'nv-role', policies: ['default'] });
    expect(auth).toMatchObject({ orphan: true, lease_duration: 3600 });
    await vault['removeTokenRole'](role);
    await expect(vault['getTokenRole'](role)).rejects.toMatchObject(refusal(404));
  });

  test('the client renews by itself', async () => {
    const { client_token } = await created({ policies: ['default'], ttl: '1h' });
    const mine = clientOf({ token: client_token });
    const renewed = new Promise((resolve, reject) => {
      mine.once('token:renewed', resolve);
      mine.once('token:error:renew', reject);
    });
    await mine.startTokenRenewal({ ttl: 1 });
    expect(await renewed).toMatchObject({ auth: { renewable: true, lease_duration: 3600 } });
    mine.stopTokenRenewal();
  });
});

const { redis, rabbitmq } = inject('services');
test.skipIf(!redis)('node-vault: a credential on demand', () => driveCredentials(vault));
test.skipIf(!rabbitmq)('node-vault: a user of RabbitMQ', () => driveRabbitmq(vault));
test('node-vault: sessions of AWS', () => driveAws(vault));
test('node-vault: certificates for SSH', () => driveSsh(vault));

describe('node-vault: wrapping', () => {
  const wrapped = { headers: { 'X-Vault-Wrap-TTL': '60' } };

  test('an answer is opened once', async () => {
    await vault.write('two/data/w', { data: { a: 1 } });
    const { wrap_info } = await vault.read('two/data/w', wrapped);
    expect(wrap_info).toMatchObject({ ttl: 60, creation_path: 'two/data/w' });
    expect((await vault['unwrap']({ token: wrap_info.token })).data.data).toEqual({ a: 1 });
    await expect(vault['unwrap']({ token: wrap_info.token })).rejects.toMatchObject(
      refusal(400, 'wrapping token is not valid or does not exist'),
    );
  });

  test('the wrapping token alone opens it', async () => {
    const { wrap_info } = await vault.write('sys/wrapping/wrap', { a: 1 }, wrapped);
    expect((await clientOf({ token: wrap_info.token })['unwrap']()).data).toEqual({ a: 1 });
  });
});

describe('node-vault: logins with what a platform gave', () => {
  let issuer: IssuerServer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.close());

  test('a pod, by its service account token', async () => {
    await vault['enableAuth']({ mount_point: 'kubernetes', type: 'kubernetes' });
    const config = { issuer: issuer.url, internal: true, default_audience: 'watchword' };
    await vault.write('auth/kubernetes/config', config);
    // The client's own call for this, addKubernetesRole, ends in an error of its own before it sends anything.
    await vault.write('auth/kubernetes/role/train', {
      bound_service_account_names: 'trainer',
      bound_service_account_namespaces: ['research'],
      policies: ['features'],
      ttl: 600,
    });
    const role = { role_name: 'train', mount_point: 'kubernetes' };
    expect((await vault['getKubernetesRole'](role)).data).toMatchObject({
      bound_service_account_names: ['trainer'],
      token_ttl: 600,
    });
    const account = { namespace: 'research', serviceaccount: { name: 'trainer', uid: 'u1' } };
    const claims = { aud: 'watchword', sub: 'system:serviceaccount:research:trainer', 'kubernetes.io': account };
    const pod = clientOf({ token: undefined });
    const { auth } = await pod['kubernetesLogin']({ mount_point: 'kubernetes', role: 'train', jwt: await issuer.sign(claims) });
    expect(auth).toMatchObject({ policies: ['default', 'features'], metadata: { service_account_uid: 'u1' } });
    expect((await pod['tokenLookupSelf']()).data.display_name).toBe('kubernetes-research-trainer');
    await expect(
      pod['kubernetesLogin']({ mount_point: 'kubernetes', role: 'train', jwt: await issuer.sign({ ...claims, aud: 'x' }) }),
    ).rejects.toMatchObject(refusal(403, 'permission denied'));
    await vault['deleteKubernetesRole'](role);
  });

  test('a JWT', async () => {
    await vault['enableAuth']({ mount_point: 'jwt', type: 'jwt' });
    await vault.write('auth/jwt/config', { oidc_discovery_url: issuer.url, internal: true });
    await vault.write('auth/jwt/role/train', { bound_audiences: 'watchword', user_claim: 'sub', policies: 'features' });
    const jwt = await issuer.sign({ aud: 'watchword', sub: 'trainer' });
    const { auth } = await clientOf({ token: undefined })['jwtLogin']({ role: 'train', jwt });
    expect(auth.policies).toEqual(['default', 'features']);
  });

  test('a Google service account', async () => {
    await vault['enableAuth']({ mount_point: 'gcp', type: 'gcp' });
    await vault.write('auth/gcp/config', { issuer: issuer.url, service_account_keys_url: `${issuer.url}/keys/`, internal: true });
    await vault.write('auth/gcp/role/train', { type: 'iam', bound_service_accounts: ['7'], policies: 'features' });
    const email = 'trainer@acme-ml.iam.gserviceaccount.com';
    const jwt = await issuer.sign({ aud: 'vault/train', sub: '7', email, email_verified: true });
    const { auth } = await clientOf({ token: undefined })['gcpLogin']({ role: 'train', jwt });
    expect(auth.metadata).toMatchObject({ role: 'train', service_account_email: email });
  });
});

describe('node-vault: logins with what was handed out beforehand', () => {
  test('a role id and a secret id', async () => {
    await vault['enableAuth']({ mount_point: 'approle', type: 'approle' });
    const role = { role_name: 'train' };
    await vault['addApproleRole']({ ...role, policies: 'features', secret_id_num_uses: 2, bound_cidr_list: '127.0.0.0/8' });
    expect((await vault['getApproleRole'](role)).data).toMatchObject({
      token_policies: ['features'],
      secret_id_num_uses: 2,
      secret_id_bound_cidrs: ['127.0.0.0/8'],
    });
    expect((await vault['approleRoles']()).data.keys).toEqual(['train']);
    await vault['updateApproleRoleId']({ ...role, role_id: 'my-role-id' });
    const { role_id } = (await vault['getApproleRoleId'](role)).data;
    expect(role_id).toBe('my-role-id');
    const { secret_id } = (await vault['getApproleRoleSecret']({ ...role, metadata: '{"team":"vision"}' })).data;
    const job = clientOf({ token: undefined });
    const { auth } = await job['approleLogin']({ role_id, secret_id });
    expect(auth).toMatchObject({ policies: ['default', 'features'], metadata: { team: 'vision', role_name: 'train' } });
    // The client now has the token that it was given.
    expect((await job['tokenLookupSelf']()).data.path).toBe('auth/approle/login');
    await expect(clientOf({ token: undefined })['approleLogin']({ role_id, secret_id: 'guessed' })).rejects.toMatchObject(
      refusal(403, 'permission denied'),
    );
  });

  test('secret ids are looked at and destroyed', async () => {
    const role = { role_name: 'train' };
    const made = (await vault['getApproleRoleSecret'](role)).data;
    const { secret_id, secret_id_accessor } = made;
    expect((await vault['approleSecretAccessors'](role)).data.keys).toContain(secret_id_accessor);
    const looked = (await vault['approleSecretLookup']({ ...role, secret_id })).data;
    expect(looked).toMatchObject({ secret_id_accessor, secret_id_num_uses: 2 });
    expect((await vault['approleSecretAccessorLookup']({ ...role, secret_id_accessor })).data).toEqual(looked);
    await vault['approleSecretDestroy']({ ...role, secret_id });
    await expect(vault['approleSecretAccessorLookup']({ ...role, secret_id_accessor })).rejects.toMatchObject(refusal(404));
    const another = (await vault['getApproleRoleSecret'](role)).data;
    await vault['approleSecretAccessorDestroy']({ ...role, secret_id_accessor: another.secret_id_accessor });
    await expect(
      clientOf({ token: undefined })['approleLogin']({ role_id: 'my-role-id', secret_id: another.secret_id }),
    ).rejects.toMatchObject(refusal(403, 'permission denied'));
    await vault['deleteApproleRole'](role);
    await expect(vault['getApproleRole'](role)).rejects.toMatchObject(refusal(404));
  });

  test('a user name and a password', async () => {
    await vault['enableAuth']({ mount_point: 'userpass', type: 'userpass' });
    await vault.write('auth/userpass/users/ada', { password: 'right', policies: 'people' });
    const person = clientOf({ token: undefined });
    const { auth } = await person['userpassLogin']({ username: 'Ada', password: 'right' });
    expect(auth).toMatchObject({ policies: ['default', 'people'], metadata: { username: 'ada' } });
    for (const [username, password] of [
      ['ada', 'wrong'],
      ['grace', 'right'],
    ]) {
      await expect(clientOf({ token: undefined })['userpassLogin']({ username, password })).rejects.toMatchObject(
        refusal(403, 'permission denied'),
      );
    }
  });
});

test.skipIf(!redis || !rabbitmq)('the coverage table says of node-vault what was done here', async () => {
  const done = [...elsewhere, ...(await performed(server.url, token))];
  expect(differences('node-vault', done)).toEqual({ claimedOnly: [], unclaimed: [] });
});
