import { createPublicKey, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { systemRandom } from '../../foundation/node-ports.ts';
import { makeSigningKey, privateKeyOf, thumbprintOf } from './signing-key.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('a signing key', () => {
  test('is named by the thumbprint of RFC 7638', async () => {
    // The example of RFC 7638 § 3.1, put together from its own parts.
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs' +
      'tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5haj' +
      'rn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    expect(thumbprintOf({ kty: 'RSA', e: 'AQAB', n, alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
    for (const algorithm of ['RS256', 'ES256'] as const) {
      const { id, published } = await makeSigningKey(algorithm, systemRandom, NOW);
      expect([published.kid, published.alg, published.use]).toEqual([id, algorithm, 'sig']);
      expect(id).toBe(await calculateJwkThumbprint({ ...published }));
    }
  });

  test('publishes nothing of its private part', async () => {
    for (const algorithm of ['RS256', 'ES256'] as const) {
      const key = await makeSigningKey(algorithm, systemRandom, NOW);
      const { d, p } = privateKeyOf(key).export({ format: 'jwk' });
      const printed = JSON.stringify(key);
      for (const part of [d, p, key.privateKey.bytes.toString('base64')])
        if (part !== undefined) expect(printed).not.toContain(part);
      expect(Object.keys(key.published).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))).toEqual([]);
    }
  });

  test('of RS256 carries a certificate of itself that OpenSSL reads', async () => {
    const key = await makeSigningKey('RS256', systemRandom, NOW);
    const { x5c, x5t, ...jwk } = key.published;
    const certificate = new X509Certificate(Buffer.from(x5c?.[0] ?? '', 'base64'));
    expect(certificate.verify(createPublicKey({ key: jwk, format: 'jwk' }))).toBe(true);
    expect(certificate.checkPrivateKey(privateKeyOf(key))).toBe(true);
    expect(certificate.subject).toBe('CN=Watchword token signing');
    expect(certificate.ca).toBe(false);
    expect(new Date(certificate.validFrom).getTime()).toBe(NOW);
    expect(
      Buffer.from(x5t ?? '', 'base64url')
        .toString('hex')
        .toUpperCase(),
    ).toBe(certificate.fingerprint.replaceAll(':', ''));
    expect((await makeSigningKey('ES256', systemRandom, NOW)).published.x5c).toBeUndefined();
  });

  test('certificate may end after 2049', async () => {
    const { published } = await makeSigningKey('RS256', systemRandom, Date.UTC(2045, 5, 1));
    const certificate = new X509Certificate(Buffer.from(published.x5c?.[0] ?? '', 'base64'));
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2055);
  });
});
