import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Ceph, startCeph } from '../testing/ceph.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { boto3, ceph: available } = inject('services');
const PLATFORM = 'https://platform.test';
const AUDIENCE = 'features';

/** Somebody else's issuer, whose key the server is told. */
const platform = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe.skipIf(!available || !boto3)("Ceph's gateway, told of our issuer", () => {
  let server: RunningServer;
  let root: VaultClient;
  let ceph: Ceph;
  let issuer: string;
  let role: string;

  async function done(method: string, path: string, body?: unknown) {
    const answer = await root.send(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  const keySet = () => root.send('GET', 'identity/oidc/.well-known/keys', { token: null }).then(({ json }) => json.keys);
  const thumbprint = ({ x5t }: { x5t: string }) => Buffer.from(x5t, 'base64url').toString('hex').toUpperCase();

  /** A workload's own token, exchanged in one request for one that the gateway may believe. */
  async function exchanged(subject = 'job:trainer', more: Record<string, string> = {}): Promise<string> {
    const jwt = await new SignJWT({ sub: subject, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(PLATFORM)
      .setAudience('watchword')
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(platform.privateKey);
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: jwt,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      scope: `login:jwt:train oidc:ceph`,
      audience: AUDIENCE,
      ...more,
    });
    const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', body });
    const { access_token, error } = (await answer.json()) as { access_token?: string; error?: string };
    if (access_token === undefined) throw new Error(error);
    return access_token;
  }

  async function setUp(): Promise<void> {
    await done('POST', 'sys/policies/acl/federate', { policy: 'path "identity/oidc/token/ceph" { capabilities = ["read"] }' });
    await done('POST', 'sys/auth/jwt', { type: 'jwt' });
    const pem = platform.publicKey.export({ type: 'spki', format: 'pem' });
    await done('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [pem], bound_issuer: PLATFORM });
    await done('POST', 'auth/jwt/role/train', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['watchword'],
      token_policies: ['federate'],
    });
    await done('POST', 'identity/oidc/config', { issuer: server.url });
    await done('POST', 'identity/oidc/key/ceph', {
      allowed_client_ids: ['ceph'],
      rotation_period: '720h',
      verification_ttl: '1h',
    });
    await done('POST', 'identity/oidc/role/ceph', {
      key: 'ceph',
      client_id: 'ceph',
      audiences: [AUDIENCE, 'weights'],
      subject: 'workload',
    });
    issuer = (await done('GET', 'identity/oidc/config')).data.effective_issuer;
  }

  const subjectOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub;
  const statusFor = async (token: string) => (await ceph.assumeRoleWithWebIdentity(role, token)).status;

  beforeAll(async () => {
    server = await startServer();
    root = new VaultClient(server.url, await server.rootToken());
    await setUp();
    ceph = await startCeph(boto3 ?? '');
    // The one that signs and the one that waits.
    const thumbprints = (await keySet()).map(thumbprint);
    await ceph.createOidcProvider({ issuer, clientIds: [AUDIENCE], thumbprints });
    role = await ceph.createRole({
      name: 'train',
      issuer,
      claims: { aud: AUDIENCE, sub: subjectOf(await exchanged()) },
      actions: ['s3:ListBucket', 's3:GetObject', 's3:PutObject'],
      resources: ['arn:aws:s3:::features', 'arn:aws:s3:::features/*'],
    });
    const bucket = {
      service: 's3',
      operation: 'create_bucket',
      parameters: { Bucket: 'features' },
      keys: ceph.adminKeys,
    } as const;
    expect(await ceph.call(bucket)).toMatchObject({ status: 200 });
  });

  afterAll(async () => {
    await ceph?.stop();
    await server?.stop();
  });

  test("a workload's own token becomes access to its bucket, and no key is kept anywhere", async () => {
    const token = await exchanged();
    const { keys, subject } = await ceph.assumeRoleWithWebIdentity(role, token);
    expect(subject).toBe(subjectOf(token));
    if (keys === undefined) throw new Error('no keys');
    const s3 = (operation: string, parameters: Record<string, unknown>) =>
      ceph.call({ service: 's3', operation, parameters, keys });
    expect(await s3('put_object', { Bucket: 'features', Key: 'a', Body: 'pixels' })).toMatchObject({ status: 200 });
    expect((await s3('get_object', { Bucket: 'features', Key: 'a' })).result.Body).toBe('pixels');
    expect(await s3('create_bucket', { Bucket: 'another' })).toMatchObject({ status: 403 });
  });

  test('another workload, another audience and a changed token get nothing', async () => {
    expect(await statusFor(await exchanged('job:stranger'))).toBe(403);
    expect(await statusFor(await exchanged('job:trainer', { audience: 'weights' }))).toBe(403);
    const [head, body, signature = ''] = (await exchanged()).split('.');
    const changed = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    expect(await statusFor([head, body, changed].join('.'))).toBe(403);
    await expect(exchanged('job:trainer', { audience: 'https://elsewhere.test' })).rejects.toThrow('invalid_target');
  });

  test('the key that waited is believed at once when it signs, and the one before it no more: the gateway reads the first alone', async () => {
    const [before] = await keySet();
    const earlier = await exchanged();
    await done('POST', 'identity/oidc/key/ceph/rotate', {});
    const after = await keySet();
    expect(after[0].kid).not.toBe(before.kid);
    expect(after.map(({ kid }: { kid: string }) => kid)).toContain(before.kid);
    expect(await statusFor(await exchanged())).toBe(200);
    expect(await statusFor(earlier)).toBe(403);
  });
});
