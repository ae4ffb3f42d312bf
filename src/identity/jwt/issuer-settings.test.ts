import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { checkIssuerSettings, type IssuerSettings, issuerSettingsSchema, type KeyLocation } from './issuer-settings.ts';
import { keyFromJwk } from './verification-key.ts';

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = (key: KeyObject) => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const jwks = (...keys: object[]): KeyLocation => ({ from: 'static', jwks: JSON.stringify({ keys }) });
const pems = (...keys: KeyObject[]): KeyLocation => ({ from: 'static', pems: keys.map(pem) });

const authority = `${rootCertificates[0]}\n`;

const settings = (changes: Partial<IssuerSettings>): IssuerSettings => ({
  issuer: 'https://issuer.example',
  keys: { from: 'discovery' },
  algorithms: ['ES256', 'RS256'],
  internal: false,
  ...changes,
});
const url = (text: string, internal = false) => settings({ keys: { from: 'jwks', url: text }, internal });

describe('settings of an issuer may say', () => {
  it.each<[string, IssuerSettings]>([
    ['discovery below the issuer', settings({})],
    [
      'discovery elsewhere, under another name',
      settings({ keys: { from: 'discovery', url: 'https://a.example/x' }, discoveryIssuer: 'x' }),
    ],
    ['a set of keys', url('https://issuer.example/keys')],
    ['a private address where it is internal', url('https://10.0.0.1/keys', true)],
    ['plain HTTP where it is internal', url('http://issuer.internal/keys', true)],
    ['keys given by hand', settings({ issuer: '', keys: jwks(jwkOf(ec.publicKey), jwkOf(rsa.publicKey)) })],
    ['a pinned authority', settings({ caPem: authority })],
    ['PEMs', settings({ issuer: 'kubernetes/serviceaccount', keys: pems(ec.publicKey, rsa.publicKey) })],
    [
      'a trust bundle',
      settings({ keys: jwks({ ...jwkOf(ec.publicKey), use: 'jwt-svid' }, { kty: 'RSA', use: 'x509-svid', x5c: [] }) }),
    ],
  ])('%s', (_what, sound) => {
    expect(() => checkIssuerSettings(sound)).not.toThrow();
    expect(issuerSettingsSchema.parse(sound)).toEqual(sound);
  });
});

describe('settings of an issuer are refused for', () => {
  const bad = (keys: KeyLocation) => settings({ keys });
  it.each<[string, IssuerSettings, string]>([
    ['no algorithm', settings({ algorithms: [] }), 'algorithms'],
    ['a symmetric algorithm', settings({ algorithms: ['ES256', 'HS256'] }), 'algorithms'],
    ['none', settings({ algorithms: ['none'] }), 'algorithms'],
    ['an algorithm in another case', settings({ algorithms: ['es256'] }), 'algorithms'],
    ['discovery without issuer', settings({ issuer: '' }), 'issuer'],
    ['an issuer that is no URL, with discovery', settings({ issuer: 'issuer.example' }), 'keys.url'],
    ['another name without discovery', settings({ keys: jwks(jwkOf(ec.publicKey)), discoveryIssuer: 'x' }), 'discoveryIssuer'],
    ['plain HTTP', url('http://issuer.example/keys'), 'keys.url'],
    ['a file', url('file:///etc/passwd', true), 'keys.url'],
    ['credentials', url('https://a:b@issuer.example/'), 'keys.url'],
    ['a fragment', url('https://issuer.example/#keys'), 'keys.url'],
    ['a loopback address', url('https://127.1/keys'), 'keys.url'],
    ['a loopback address in IPv6', url('https://[::1]/keys'), 'keys.url'],
    ['the machine itself', url('https://localhost/keys'), 'keys.url'],
    ['the machine itself, in full', url('https://a.localhost./keys'), 'keys.url'],
    ['the metadata service', url('https://169.254.169.254/'), 'keys.url'],
    ['authorities that are none', settings({ caPem: 'text' }), 'caPem'],
    ['authorities with their key', settings({ caPem: authority + pem(ec.privateKey) }), 'caPem'],
    ['authorities that do not parse', settings({ caPem: wrapped('CERTIFICATE') }), 'caPem'],
    ['a set that does not parse', bad({ from: 'static', jwks: '{' }), 'keys.jwks'],
    ['a set without keys', bad({ from: 'static', jwks: '{}' }), 'keys.jwks'],
    ['more than 100 keys', bad(jwks(...Array(101).fill(jwkOf(ec.publicKey)))), 'keys.jwks'],
    ['a symmetric key', bad(jwks(jwkOf(ec.publicKey), jwkOf(createSecretKey(Buffer.alloc(32, 1))))), 'keys.jwks'],
    ['a weak RSA key', bad(jwks(jwkOf(ec.publicKey), jwkOf(weak.publicKey))), 'keys.jwks'],
    ['a private key', bad(jwks(jwkOf(ec.privateKey))), 'keys.jwks'],
    [
      'a point that is not on the curve',
      bad(jwks({ ...jwkOf(ec.publicKey), x: Buffer.alloc(32, 1).toString('base64url') })),
      'keys.jwks',
    ],
    [
      'a curve that is not verified',
      bad(jwks(jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey))),
      'keys.jwks',
    ],
    ['a key for agreement', bad(jwks(jwkOf(generateKeyPairSync('x25519').publicKey))), 'keys.jwks'],
    ['a key for another algorithm than its own', bad(jwks({ ...jwkOf(ec.publicKey), alg: 'RS256' })), 'keys.jwks'],
    ['a weak RSA key as PEM', bad(pems(weak.publicKey)), 'keys.pems'],
    ['a private key as PEM', bad(pems(ec.privateKey)), 'keys.pems'],
    ['a PEM that does not parse', bad({ from: 'static', pems: ['text'] }), 'keys.pems'],
    ['no keys at all', bad({ from: 'static' }), 'keys'],
    ['keys for other purposes only', bad(jwks({ ...jwkOf(ec.publicKey), use: 'x509-svid' })), 'keys'],
    ['keys for other algorithms only', { ...bad(jwks(jwkOf(ec.publicKey))), algorithms: ['RS256'] }, 'keys'],
  ])('%s', (_what, unsound, where) => {
    expect(() => checkIssuerSettings(unsound)).toThrow(expect.objectContaining({ code: 'login.invalid', where }));
  });

  function wrapped(label: string) {
    return `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
  }
});

describe('a key of a set', () => {
  it.each([
    ['is for the algorithms of its kind', jwkOf(rsa.publicKey), ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['is for its own algorithm only', { ...jwkOf(rsa.publicKey), alg: 'PS384' }, ['PS384']],
    ['is for its curve only', jwkOf(ec.publicKey), ['ES256']],
    [
      'has two names on the Edwards curve',
      { ...jwkOf(generateKeyPairSync('ed25519').publicKey), alg: 'Ed25519' },
      ['EdDSA', 'Ed25519'],
    ],
  ])('%s', (_what, jwk, algorithms) => {
    expect(keyFromJwk(jwk as Record<string, unknown>)).toMatchObject({ algorithms });
  });

  it.each([
    ['other-use', { use: 'enc' }],
    ['other-use', { key_ops: ['sign'] }],
    ['other-use', { key_ops: 'verify' }],
    ['malformed', { kid: 1 }],
    ['malformed', { alg: ['ES256'] }],
    ['malformed', { crv: 'P-384' }],
    ['malformed', { x: 1 }],
    ['symmetric', { k: 'AAAA' }],
    ['unsupported', { kty: 'AKP' }],
  ])('is left out as %s: %j', (fault, changes) => {
    expect(keyFromJwk({ ...jwkOf(ec.publicKey), ...changes })).toBe(fault);
  });

  it.each(['AQ', 'Ag', 'AAAB', 'AQAAAAAB'])('of RSA with the exponent %s is left out', (e) => {
    expect(keyFromJwk({ ...jwkOf(rsa.publicKey), e })).toMatch(/^(?:weak|malformed)$/);
  });

  it('of RSA that would take long is left out', () => {
    const n = Buffer.concat([Buffer.alloc(1, 0xff), Buffer.alloc(2048, 0x55)]).toString('base64url');
    expect(keyFromJwk({ kty: 'RSA', e: 'AQAB', n })).toBe('weak');
  });
});
