import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Ceph, startCeph } from '../testing/ceph.ts';

const { boto3, ceph: available, openssl } = inject('services');

interface Pair {
  readonly privateKey: KeyObject;
  readonly certificate: X509Certificate;
}

function makePair(): Pair {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-pair-'));
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const words = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=issuer', '-keyout', key, '-out', certificate];
  execFileSync(openssl ?? 'openssl', ['req', '-x509', ...words], { stdio: 'ignore' });
  const pair = { privateKey: createPrivateKey(readFileSync(key)), certificate: new X509Certificate(readFileSync(certificate)) };
  rmSync(directory, { recursive: true });
  return pair;
}

const published = ({ certificate }: Pair, kid: string) => ({
  ...createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'RS256',
  x5c: [certificate.raw.toString('base64')],
});

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** An issuer of a few lines, so that what Ceph accepts is told by no code of ours. */
class Issuer {
  readonly pair = makePair();
  keys: object[] = [published(this.pair, 'first')];
  fetched = 0;
  readonly #server: Server = createServer((request, response) => {
    this.fetched++;
    response.setHeader('Content-Type', 'application/json');
    const keySet = request.url === '/oidc/keys';
    response.end(JSON.stringify(keySet ? { keys: this.keys } : { issuer: this.url, jwks_uri: `${this.url}/keys` }));
  });

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/oidc`;
  }

  token(claims: Record<string, unknown> = {}, { privateKey } = this.pair): string {
    const now = Math.floor(Date.now() / 1000);
    const said = { iss: this.url, sub: 'vision/train', aud: 'features', iat: now, exp: now + 300, ...claims };
    const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'first' })}.${encoded(said)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }
}

describe.skipIf(!available || !boto3 || !openssl)("Ceph's gateway, told of a foreign issuer", () => {
  let issuer: Issuer;
  let ceph: Ceph;
  let role: string;

  const statusFor = async (token: string) => (await ceph.assumeRoleWithWebIdentity(role, token)).status;

  beforeAll(async () => {
    issuer = new Issuer();
    await issuer.start();
    ceph = await startCeph(boto3 ?? '');
    const thumbprint = issuer.pair.certificate.fingerprint.replaceAll(':', '');
    await ceph.createOidcProvider({ issuer: issuer.url, clientIds: ['features'], thumbprints: [thumbprint] });
    role = await ceph.createRole({
      name: 'train',
      issuer: issuer.url,
      claims: { aud: 'features', sub: 'vision/train' },
      actions: ['s3:ListBucket', 's3:GetObject', 's3:PutObject'],
      resources: ['arn:aws:s3:::features', 'arn:aws:s3:::features/*'],
    });
    for (const Bucket of ['features', 'weights']) {
      const made = await ceph.call({ service: 's3', operation: 'create_bucket', parameters: { Bucket }, keys: ceph.adminKeys });
      expect(made).toMatchObject({ status: 200, code: null });
    }
  });

  afterAll(async () => {
    await ceph?.stop();
    issuer?.stop();
  });

  it('gives keys for a right token, and the keys do what the role may and nothing else', async () => {
    const { status, keys, subject } = await ceph.assumeRoleWithWebIdentity(role, issuer.token());
    expect({ status, subject }).toEqual({ status: 200, subject: 'vision/train' });
    if (keys === undefined) throw new Error('no keys');
    const s3 = (operation: string, parameters: Record<string, unknown>, withKeys = keys) =>
      ceph.call({ service: 's3', operation, parameters, keys: withKeys });
    expect(await s3('put_object', { Bucket: 'features', Key: 'a/b', Body: 'pixels' })).toMatchObject({ status: 200 });
    expect((await s3('get_object', { Bucket: 'features', Key: 'a/b' })).result.Body).toBe('pixels');
    const { result } = await s3('list_objects_v2', { Bucket: 'features' });
    expect(result.Contents.map(({ Key }: { Key: string }) => Key)).toEqual(['a/b']);
    expect(await s3('put_object', { Bucket: 'weights', Key: 'a', Body: 'x' })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect(await s3('create_bucket', { Bucket: 'third' })).toMatchObject({ status: 403 });
    const { sessionToken, ...withoutSession } = keys;
    expect(sessionToken).toBeDefined();
    expect(await s3('list_objects_v2', { Bucket: 'features' }, withoutSession)).toMatchObject({ status: 403 });
  });

  it.each<[string, (issuer: Issuer) => string]>([
    ['a foreign key that claims the name of a known one', (its) => its.token({}, makePair())],
    ['another audience', (its) => its.token({ aud: 'weights' })],
    ['another subject', (its) => its.token({ sub: 'vision/trainer' })],
    ['an issuer that nobody registered', (its) => its.token({ iss: `${its.url}/` })],
    ['a token that has expired', (its) => its.token({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['a signature cut off', (its) => its.token().replace(/\.[^.]*$/, '.')],
  ])('refuses %s', async (_what, make) => {
    expect(await statusFor(issuer.token())).toBe(200);
    expect(await statusFor(make(issuer))).toBe(403);
  });

  it('fetches discovery and keys anew for every token', async () => {
    const before = issuer.fetched;
    await statusFor(issuer.token());
    await statusFor(issuer.token());
    expect(issuer.fetched - before).toBe(4);
  });

  it('reads one key of the set, the first, and by its certificate alone', async () => {
    const [own, other] = [published(issuer.pair, 'first'), published(makePair(), 'second')];
    const statuses: number[] = [];
    for (const keys of [[own, other], [other, own], [{ ...own, x5c: undefined }]]) {
      issuer.keys = keys;
      statuses.push(await statusFor(issuer.token()));
    }
    issuer.keys = [own];
    expect(statuses).toEqual([200, 403, 403]);
  });
});
