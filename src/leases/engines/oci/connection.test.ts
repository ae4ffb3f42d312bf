import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import {
  checkOciConnection,
  completeOciConnection,
  hostOf,
  newOciConnection,
  type OciConnection,
  serviceOf,
} from './connection.ts';
import { certificatesIn, signingKeyIn, TokenSigner } from './signer.ts';

const url = 'https://registry.example:5000';
const made = (settings: Partial<OciConnection> = {}, before?: OciConnection) =>
  completeOciConnection({ ...newOciConnection, url, ...settings }, before);
const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  Secret.fromText(key.export({ type: 'pkcs8', format: 'pem' }).toString());
const ecKey = (namedCurve: string) => pemOf(generateKeyPairSync('ec', { namedCurve }).privateKey);
const refusal = (where: string) => expect.objectContaining({ code: 'engine.invalid', where });

describe('a signing key', () => {
  test('is made with a certificate that OpenSSL reads, of this key, signed by it, without an end', async () => {
    const connection = await made();
    checkOciConnection(connection);
    const certificate = new X509Certificate(connection.certificate);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.equals(createPublicKey(connection.signingKey?.text ?? ''))).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect([certificate.ca, certificate.validToDate.getUTCFullYear()]).toEqual([true, 9999]);
  });

  test('that is there stays, with its certificate, whatever else is changed', async () => {
    const before = await made();
    const after = await completeOciConnection({ ...before, issuer: 'other' }, before);
    expect(after).toMatchObject({ signingKey: before.signingKey, certificate: before.certificate, issuer: 'other' });
  });

  test('that replaces one gets a certificate of its own where none is said', async () => {
    const before = await made();
    const after = await completeOciConnection({ ...before, signingKey: ecKey('P-256') }, before);
    checkOciConnection(after);
    expect(after.certificate).not.toBe(before.certificate);
  });

  test.each([
    ['P-384', () => ecKey('P-384')],
    ['RSA', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)],
  ])('may be %s as well', async (_kind, key) => {
    const { certificate } = await made({ signingKey: key() });
    const read = new X509Certificate(certificate);
    expect(read.verify(read.publicKey)).toBe(true);
  });

  test.each([
    ['of another kind', () => pemOf(generateKeyPairSync('ed25519').privateKey)],
    ['of a curve that registries do not know', () => ecKey('secp256k1')],
    ['that is short', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['that is none', () => Secret.fromText('not a key')],
  ])('%s is refused', async (_what, key) => {
    await expect(made({ signingKey: key() })).rejects.toThrow(refusal('signing_key'));
  });

  test('is refused with the certificate of another one, or with more than certificates', async () => {
    const [mine, other] = [await made(), await made()];
    const key = mine.signingKey?.text ?? '';
    for (const certificate of [other.certificate, other.certificate + mine.certificate, 'none', key + mine.certificate]) {
      expect(() => checkOciConnection({ ...mine, certificate })).toThrow(refusal('certificate'));
    }
    await expect(made({ certificate: mine.certificate })).rejects.toThrow(refusal('signing_key'));
  });

  test('has the id that libtrust gives it', async () => {
    const { signingKey, certificate } = await made();
    const key = signingKeyIn(signingKey ?? Secret.fromText(''));
    const chain = certificatesIn(certificate);
    if (key === undefined || chain === undefined) throw new Error('no key');
    const [header = ''] = (await new TokenSigner(key, chain).sign({})).text.split('.');
    const said = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect(said.kid).toMatch(/^(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}$/);
    expect(new X509Certificate(Buffer.from(said.x5c[0], 'base64')).fingerprint256).toBe(chain[0]?.fingerprint256);
  });

  test('may come with the certificates that lead to one that the registry believes', async () => {
    const [mine, above] = [await made(), await made()];
    const connection = await made({ signingKey: mine.signingKey, certificate: mine.certificate + above.certificate });
    checkOciConnection(connection);
    expect(connection.certificate).toBe(mine.certificate + above.certificate);
  });
});

describe('a registry', () => {
  test('is the service of its host unless something else is said', () => {
    expect(hostOf({ url: 'https://registry.example/' })).toBe('registry.example');
    expect(serviceOf({ ...newOciConnection, url })).toBe('registry.example:5000');
    expect(serviceOf({ ...newOciConnection, url, service: 'models' })).toBe('models');
  });

  test.each(['http://127.0.0.1:5000', 'http://localhost:5000', 'http://[::1]:5000', 'https://registry.example/'])(
    'may be at %s',
    async (where) => checkOciConnection(await made({ url: where })),
  );

  test.each([
    '',
    'registry.example',
    'http://registry.example',
    'http://127.0.0.1.example',
    'https://registry.example/v2',
    'https://user@registry.example',
    'https://registry.example?x',
    'https://registry.example:0',
    'ftp://registry.example',
  ])('may not be at %j', async (where) => {
    const connection = await made({ url: where });
    expect(() => checkOciConnection(connection)).toThrow(refusal('url'));
  });
});
