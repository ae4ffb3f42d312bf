import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallerProofs } from '../../access/operation.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Secret } from '../../foundation/secret.ts';
import { type CertWorld, openCertWorld, showing } from '../methods/cert/testing/cert-world.ts';
import type { Made } from '../x509/testing/certificate-writer.ts';
import { type DpopClient, dpopClient, type WantedProof } from './testing/dpop-client.ts';

let world: CertWorld;
let tokens: MountPoint;
let certificate: Made;
let client: DpopClient;

beforeEach(async () => {
  world = await openCertWorld();
  const mount = world.on.world.mounts.locate('root', 'auth/token/');
  if (mount === undefined) throw new Error('there is no token mount');
  tokens = mount;
  certificate = world.issue();
  client = await dpopClient();
  await world.on.world.setPolicy('features', 'path "auth/token/*" { capabilities = ["read", "update", "sudo"] }');
});
afterEach(() => world[Symbol.asyncDispose]());

const HOST = 'watchword.test:8200';
const LOGIN = { method: 'POST', target: '/v1/auth/cert/login', host: HOST };
const LOOKUP = { method: 'GET', target: '/v1/auth/token/lookup-self', host: HOST };
const seconds = () => Math.floor(world.on.world.clock.now() / 1000);
const bound = (tokenBinding: string) => world.role({ tokenBinding });
const reason = () => world.reason();

const proof = (request: typeof LOGIN, more: Partial<WantedProof> = {}, by = client) =>
  by.prove({ method: request.method, url: `https://${HOST}${request.target}`, now: seconds(), ...more });

async function logIn(proofs: Partial<CallerProofs> = {}): Promise<Secret> {
  return ((await world.logIn([certificate], 'train', proofs)).output as unknown as { token: Secret }).token;
}

/** A request of the holder of `token` to look at it. */
const look = (token: Secret, proofs?: CallerProofs) =>
  world.on.performAt(tokens, 'token.lookup-self', {}, proofs === undefined ? { as: token } : { as: token, proofs });

const invalid = { code: 'access.token-invalid', message: 'The token is unknown, expired or revoked.' };

async function refused(token: Secret, proofs?: CallerProofs): Promise<string | undefined> {
  await expect(look(token, proofs)).rejects.toMatchObject(invalid);
  return reason();
}

describe('a token that is bound to a client certificate', () => {
  beforeEach(() => bound('mtls'));

  it('is of use on connections that show this certificate, and on no others', async () => {
    const token = await logIn();
    expect((await look(token, showing([certificate]))).output).toMatchObject({ binding: 'mtls' });
    expect(await refused(token)).toBe('binding.certificate-missing');
    expect(await refused(token, showing([]))).toBe('binding.certificate-missing');
    expect(await refused(token, showing([world.issue()]))).toBe('binding.certificate');
    // The one that counts is the client's own, not one that it sent besides.
    expect(await refused(token, showing([world.issue(), certificate]))).toBe('binding.certificate');
  });

  it('names its holder in the log when somebody else has it', async () => {
    const token = await logIn();
    await refused(token, showing([world.issue()]));
    const { principal, outcome } = world.on.world.audit.records.at(-1) ?? {};
    expect(outcome).toBe('denied');
    expect(principal).toMatchObject({ method: 'cert', session: expect.any(String) });
    expect(principal?.session).not.toBe('');
  });

  it('has children that are bound as well, and orphans that are not', async () => {
    const token = await logIn();
    const make = async (name: 'token.create' | 'token.create-orphan') => {
      const made = await world.on.performAt(
        tokens,
        name,
        { policies: ['features'] },
        { as: token, proofs: showing([certificate]) },
      );
      return (made.output as { token: Secret }).token;
    };
    const child = await make('token.create');
    expect((await look(child, showing([certificate]))).output).toMatchObject({ binding: 'mtls' });
    expect(await refused(child)).toBe('binding.certificate-missing');
    expect((await look(await make('token.create-orphan'))).output).toMatchObject({ orphan: true, binding: undefined });
  });

  it('stays bound when it is renewed', async () => {
    const token = await logIn();
    await world.on.performAt(tokens, 'token.renew-self', {}, { as: token, proofs: showing([certificate]) });
    expect(await refused(token)).toBe('binding.certificate-missing');
  });

  it('loses no use to whoever lacks the key', async () => {
    await world.role({ tokenBinding: 'mtls', uses: 1 });
    const token = await logIn();
    await refused(token);
    expect((await look(token, showing([certificate]))).output).toMatchObject({ usesLeft: -1 });
  });

  it('is told of to whoever may look at it, who needs no key for that', async () => {
    const token = await logIn();
    const told = await world.on.performAt(tokens, 'token.lookup', { token }, { as: world.on.root });
    expect(told.output).toMatchObject({ binding: 'mtls' });
  });
});

it('an unbound token of a role that binds now is not renewed', async () => {
  const token = await logIn();
  await bound('mtls');
  const renewal = world.on.performAt(tokens, 'token.renew-self', {}, { as: token, proofs: showing([certificate]) });
  await expect(renewal).rejects.toMatchObject({ code: 'token.invalid', message: expect.stringContaining('role has changed') });
});

describe('a token that is bound by DPoP', () => {
  beforeEach(() => bound('dpop'));
  const proven = async (request = LOGIN, more: Partial<WantedProof> = {}, by = client) =>
    showing([], { ...request, dpop: await proof(request, more, by) });
  const token = async () => logIn({ ...LOGIN, dpop: await proof(LOGIN) });
  const used = async (text: Secret, more: Partial<WantedProof> = {}, by = client) =>
    proven(LOOKUP, { token: text.text, ...more }, by);

  it.each(['ES256', 'EdDSA', 'RS256'])('is of use with a proof of its key for each request, by %s', async (algorithm) => {
    client = await dpopClient(algorithm);
    const text = await token();
    expect((await look(text, await used(text))).output).toMatchObject({ binding: 'dpop' });
    expect((await look(text, await used(text))).output).toMatchObject({ binding: 'dpop' });
  });

  it('is bound to the thumbprint that RFC 7638 names', async () => {
    const { KeyBinding } = await import('./key-binding.ts');
    const binding = new KeyBinding(world.on.world.clock).bind('dpop', { proofs: await proven() });
    expect(binding).toEqual({ kind: 'dpop', thumbprint: await calculateJwkThumbprint(client.jwk) });
  });

  it('is not given without a proof that holds', async () => {
    await expect(logIn()).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('binding.proof-missing');
    await expect(logIn({ dpop: 'no proof' })).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('binding.proof-malformed');
  });

  it('takes no room for proofs of those who cannot log in', async () => {
    const shared = await proof(LOGIN);
    const stranger = showing([], { ...LOGIN, dpop: shared });
    await expect(world.on.performAt(world.mount, 'cert.login', {}, { proofs: stranger })).rejects.toThrow();
    expect(reason()).toBe('x509.missing');
    await expect(logIn({ dpop: shared })).resolves.toBeDefined();
  });

  it('is invalid without a proof, and with the proof of another key, token or request', async () => {
    const text = await token();
    expect(await refused(text)).toBe('binding.proof-missing');
    expect(await refused(text, showing([certificate]))).toBe('binding.proof-missing');
    expect(await refused(text, await used(text, {}, await dpopClient()))).toBe('binding.proof-other-key');
    expect(await refused(text, await proven(LOOKUP))).toBe('binding.proof-token');
    expect(await refused(text, await proven(LOOKUP, { token: 'another' }))).toBe('binding.proof-token');
    const login = await proven(LOGIN, { token: text.text });
    expect(await refused(text, { ...login, ...LOOKUP })).toBe('binding.proof-method');
  });

  it('takes each proof once, and the same request as often as it is tried', async () => {
    const text = await token();
    const request = await used(text);
    await look(text, request);
    await look(text, request);
    expect(await refused(text, { ...request })).toBe('binding.proof-replayed');
    world.on.world.clock.time += 61_000;
    expect(await refused(text, { ...request })).toBe('binding.proof-time');
  });

  it('is given once for a proof', async () => {
    const dpop = await proof(LOGIN);
    await logIn({ dpop });
    await expect(logIn({ dpop })).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('binding.proof-replayed');
  });

  it('remembers a proof until it is too old, however long it is good', async () => {
    const text = await token();
    const usedAfter = async (ms: number, more: Partial<WantedProof> = {}) => {
      world.on.world.clock.time += ms;
      const request = await used(text, more);
      await look(text, request);
      return request;
    };
    const first = await usedAfter(0, { now: seconds() + 60 });
    const late = await usedAfter(110_000, { now: seconds() + 170 });
    expect(await refused(text, { ...first })).toBe('binding.proof-replayed');
    // While others are used.
    await usedAfter(15_000);
    await usedAfter(100_000);
    expect(await refused(text, { ...late })).toBe('binding.proof-replayed');
  });

  it.each<readonly [string, Partial<WantedProof>, string]>([
    ['of another type', { header: { typ: 'jwt' } }, 'malformed'],
    ['without a type', { header: { typ: undefined } }, 'malformed'],
    ['without a key', { header: { jwk: undefined } }, 'key'],
    ['with a key that is a text', { header: { jwk: 'key' } }, 'key'],
    ['with a secret as its key', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }, 'key'],
    ['without an id', { claims: { jti: undefined } }, 'malformed'],
    ['with an empty id', { claims: { jti: '' } }, 'malformed'],
    ['with an endless id', { claims: { jti: 'x'.repeat(257) } }, 'malformed'],
    ['with a number as id', { claims: { jti: 7 } }, 'malformed'],
    ['without a time', { claims: { iat: undefined } }, 'malformed'],
    ['with a text as time', { claims: { iat: 'now' } }, 'malformed'],
    ['without a method', { claims: { htm: undefined } }, 'malformed'],
    ['for another method', { method: 'PUT' }, 'method'],
    ['for a method in other letters', { method: 'get' }, 'method'],
    ['for another path', { url: `https://${HOST}/v1/auth/token/lookup` }, 'url'],
    ['for a longer path', { url: `https://${HOST}${LOOKUP.target}/` }, 'url'],
    ['for another host', { url: `https://evil.test:8200${LOOKUP.target}` }, 'url'],
    ['for another port', { url: `https://watchword.test${LOOKUP.target}` }, 'url'],
    ['for a user at the host', { url: `https://ada@${HOST}${LOOKUP.target}` }, 'url'],
    ['for another scheme', { url: `ftp://${HOST}${LOOKUP.target}` }, 'url'],
    ['for no URL', { url: LOOKUP.target }, 'url'],
  ])('is invalid with a proof %s', async (_what, more, fault) => {
    const text = await token();
    expect(await refused(text, await used(text, more))).toBe(`binding.proof-${fault}`);
  });

  it.each([
    ['of 61 seconds ago', -61],
    ['of a minute ahead', 61],
  ])('is invalid with a proof %s', async (_what, offset) => {
    const text = await token();
    expect(await refused(text, await used(text, { now: seconds() + offset }))).toBe('binding.proof-time');
  });

  it.each([
    ['with a query', (url: string) => `${url}?x=1#y`],
    ['with a host in capitals', (url: string) => url.replace('watchword', 'WATCHWORD')],
    ['with letters that need not be encoded', (url: string) => url.replace('lookup', '%6cookup')],
    ['by plain HTTP behind a proxy', (url: string) => url.replace('https', 'http')],
  ])('is valid with a proof for the same URL %s', async (_what, write) => {
    const text = await token();
    const url = write(`https://${HOST}${LOOKUP.target}`);
    expect((await look(text, await used(text, { url }))).output).toMatchObject({ binding: 'dpop' });
  });

  it('is invalid with a proof that was changed, or signed by another key than it shows', async () => {
    const text = await token();
    const honest = await used(text);
    const [header, claims, signature = ''] = (honest.dpop ?? '').split('.');
    const flip = (part: string) => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
    expect(await refused(text, { ...honest, dpop: `${header}.${claims}.${flip(signature)}` })).toBe('binding.proof-signature');
    const other = await dpopClient();
    expect(await refused(text, await used(text, { header: { jwk: client.jwk } }, other))).toBe('binding.proof-signature');
  });

  it.each([
    ['two of them', (dpop: string) => `${dpop}, ${dpop}`],
    ['padding', (dpop: string) => `${dpop}=`],
    ['a part more', (dpop: string) => `${dpop}.AAAA`],
    ['no signature', (dpop: string) => dpop.replace(/[^.]*$/, '')],
    ['no end', (dpop: string) => dpop.padEnd(9000, 'A')],
    ['nothing', () => ''],
  ])('is invalid with %s in the header', async (_what, write) => {
    const text = await token();
    const honest = await used(text);
    expect(await refused(text, { ...honest, dpop: write(honest.dpop ?? '') })).toBe('binding.proof-malformed');
  });

  it.each(['none', 'HS256', 'ES384', 'ES256', 'constructor'])(
    'is invalid with a proof that says it is signed by %s',
    async (alg) => {
      client = await dpopClient('RS256');
      const text = await token();
      const honest = await used(text);
      const [header = '', ...rest] = (honest.dpop ?? '').split('.');
      const said = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), alg };
      const dpop = [Buffer.from(JSON.stringify(said)).toString('base64url'), ...rest].join('.');
      expect(await refused(text, { ...honest, dpop })).toBe('binding.proof-algorithm');
    },
  );

  it('is invalid with a proof that shows its private key, or that must be understood and is not', async () => {
    const text = await token();
    expect(await refused(text, await used(text, { header: { jwk: { ...client.jwk, d: 'AAAA' } } }))).toBe('binding.proof-key');
    const rsa = await dpopClient('RS256');
    const withPrime = await used(text, { header: { jwk: { ...rsa.jwk, p: 'AAAA' } } }, rsa);
    expect(await refused(text, withPrime)).toBe('binding.proof-key');
    const honest = await used(text);
    const [header = '', ...rest] = (honest.dpop ?? '').split('.');
    const said = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), crit: ['x'], x: 1 };
    const dpop = [Buffer.from(JSON.stringify(said)).toString('base64url'), ...rest].join('.');
    expect(await refused(text, { ...honest, dpop })).toBe('binding.proof-malformed');
  });

  it('is invalid with a proof by a short key', async () => {
    const { generateKeyPairSync, sign } = await import('node:crypto');
    const keys = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = { typ: 'dpop+jwt', alg: 'RS256', jwk: keys.publicKey.export({ format: 'jwk' }) };
    const claims = { jti: 'x', htm: 'GET', htu: `https://${HOST}${LOOKUP.target}`, iat: seconds() };
    const signed = `${part(header)}.${part(claims)}`;
    const dpop = `${signed}.${sign('sha256', Buffer.from(signed), keys.privateKey).toString('base64url')}`;
    expect(await refused(await token(), showing([], { ...LOOKUP, dpop }))).toBe('binding.proof-key');
  });
});
