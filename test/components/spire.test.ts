import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { until } from '../testing/daemon.ts';
import { type Spire, startSpire } from '../testing/spire.ts';

const { spire: programs } = inject('services');
const DAEMON = 1;
const REPLACED_MS = 20_000;

const part = (token: string, index: number) => JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());

/** By nothing but the bundle: ES256, the key that the token names, of the use for tokens. */
function isSignedBy(token: string, { keys }: Awaited<ReturnType<Spire['bundle']>>): boolean {
  const { alg, kid } = part(token, 0);
  const key = keys.find((known) => known.use === 'jwt-svid' && known.kid === kid);
  if (alg !== 'ES256' || key === undefined) return false;
  const [signed, signature] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)];
  const publicKey = createPublicKey({ key, format: 'jwk' });
  return verify(
    'sha256',
    Buffer.from(signed),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
}

describe.skipIf(!programs)('SPIRE', () => {
  let spire: Spire;
  let train: string;

  beforeAll(async () => {
    spire = await startSpire(programs ?? '');
    train = await spire.register('vision/train');
  });

  afterAll(async () => {
    await spire?.stop();
  });

  it('gives a workload a token for one audience, which the bundle verifies', async () => {
    const token = await spire.fetchJwtSvid('watchword');
    expect(train).toBe('spiffe://example.test/vision/train');
    const { sub, aud, exp, iat, ...others } = part(token, 1);
    expect({ sub, aud, others }).toEqual({ sub: train, aud: ['watchword'], others: {} });
    expect(exp - iat).toBe(300);
    expect(isSignedBy(token, await spire.bundle())).toBe(true);
  });

  it('tells users apart, and gives none an identity that nobody registered', async () => {
    await expect(spire.fetchJwtSvid('watchword', DAEMON)).rejects.toThrow(/no identity issued/);
    const other = await spire.register('speech/serve', DAEMON);
    expect(part(await spire.fetchJwtSvid('watchword', DAEMON), 1).sub).toBe(other);
    expect(part(await spire.fetchJwtSvid('watchword'), 1).sub).toBe(train);
  });

  it('gives a workload a certificate with its name, of an authority of the bundle', async () => {
    const { chain, key, bundle } = await spire.fetchX509Svid();
    const [leaf, authority] = [new X509Certificate(chain), new X509Certificate(bundle)];
    expect(leaf.subjectAltName).toBe(`URI:${train}`);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(createPublicKey(key).equals(leaf.publicKey)).toBe(true);
    const published = (await spire.bundle()).keys.filter((key) => key.use === 'x509-svid');
    expect(published).toMatchObject([{ x5c: [authority.raw.toString('base64')] }]);
  });

  it('keeps an old key of tokens in the bundle when it rotates, until that key is revoked', async () => {
    const kid = (token: string) => part(token, 0).kid;
    const before = await spire.fetchJwtSvid('before');
    const old = await spire.rotate('jwt');
    const after = await spire.fetchJwtSvid('after');
    expect([kid(before) === old, kid(after) === old]).toEqual([true, false]);
    const both = await spire.bundle();
    expect([isSignedBy(before, both), isSignedBy(after, both)]).toEqual([true, true]);
    await spire.taint('jwt', old);
    await until(REPLACED_MS, async () => kid(await spire.fetchJwtSvid('before')) !== old);
    await spire.revoke('jwt', old);
    const one = await spire.bundle();
    expect([isSignedBy(before, one), isSignedBy(after, one)]).toEqual([false, true]);
    expect(isSignedBy(await spire.fetchJwtSvid('before'), one)).toBe(true);
  });

  it('gives a workload another certificate once the authority of its own is tainted', async () => {
    const leaf = async () => new X509Certificate((await spire.fetchX509Svid()).chain);
    const authorities = async () => {
      const published = (await spire.bundle()).keys.filter((key) => key.use === 'x509-svid');
      return published.map(({ x5c }) => new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64')));
    };
    const before = await leaf();
    const old = await spire.rotate('x509');
    expect(await authorities()).toHaveLength(2);
    await spire.taint('x509', old);
    await until(REPLACED_MS, async () => (await leaf()).serialNumber !== before.serialNumber);
    await spire.revoke('x509', old);
    const [only, ...others] = await authorities();
    if (only === undefined) throw new Error('no authority');
    expect(others).toEqual([]);
    expect([before.verify(only.publicKey), (await leaf()).verify(only.publicKey)]).toEqual([false, true]);
  });

  it('signs for its own trust domain only: the bundle of another one knows none of its tokens', async () => {
    const other = await startSpire(programs ?? '', 'other.test');
    try {
      await other.register('vision/train');
      const foreign = await other.fetchJwtSvid('watchword');
      expect(part(foreign, 1).sub).toBe('spiffe://other.test/vision/train');
      expect(isSignedBy(foreign, await other.bundle())).toBe(true);
      expect(isSignedBy(foreign, await spire.bundle())).toBe(false);
    } finally {
      await other.stop();
    }
  });
});
