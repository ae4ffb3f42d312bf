import { describe, expect, it } from 'vitest';
import { TestClock } from '../../access/testing/test-door.ts';
import { silentLogger } from '../../foundation/ports.ts';
import type { IssuerSettings } from './issuer-settings.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { KeySets } from './key-sets.ts';
import { signedRaw } from './testing/raw-token.ts';
import { IssuerNetwork, makeTestKey, TestIssuer } from './testing/test-issuer.ts';
import { signatureAlgorithms } from './verification-key.ts';

const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);
const rules = { audiences: ['watchword', 'vault'] };

function around(...issuers: TestIssuer[]) {
  const network = new IssuerNetwork(...issuers);
  return { network, verifier: new JwtVerifier({ keySets: new KeySets({ network, clock, logger: silentLogger }), clock }) };
}
const claimsOf = ({ issuer }: TestIssuer) => ({ iss: issuer, sub: 'train', aud: 'watchword', iat: now, exp: now + 600 });
const reason = (name: string) => expect.objectContaining({ code: 'login.refused', reason: `jwt.${name}` });

describe('a verified token', () => {
  it('tells whose it is, for whom and until when', async () => {
    const issuer = await TestIssuer.create();
    const { verifier } = around(issuer);
    const claims = {
      ...claimsOf(issuer),
      aud: ['other', 'vault'],
      jti: 'one',
      nbf: now - 5,
      'kubernetes.io': { namespace: 'ml' },
    };
    expect(await verifier.verify(await issuer.sign(claims), issuer.settings, rules)).toEqual({
      issuer: 'https://issuer.example',
      subject: 'train',
      audiences: ['other', 'vault'],
      issuedAt: now * 1000,
      expiresAt: (now + 600) * 1000,
      id: 'one',
      claims,
      kid: 'first',
    });
  });

  it.each(signatureAlgorithms)('may be signed with %s', async (algorithm) => {
    const issuer = await TestIssuer.create({ algorithm });
    const token = await issuer.sign(claimsOf(issuer));
    expect((await around(issuer).verifier.verify(token, issuer.settings, rules)).subject).toBe('train');
  });

  it('keeps numbers of its claims as they were written', async () => {
    const issuer = await TestIssuer.create();
    const payload = `{"run":12345678901234567890,${JSON.stringify(claimsOf(issuer)).slice(1)}`;
    const token = signedRaw('{"alg":"ES256","kid":"first"}', payload, issuer.key);
    const { claims } = await around(issuer).verifier.verify(token, issuer.settings, rules);
    expect(JSON.stringify(claims['run'])).toBe('12345678901234567890');
  });

  it('may hold what looks like members only in its texts', async () => {
    const issuer = await TestIssuer.create();
    const tricky = { note: '","sub":"admin":\\"', ['__proto__']: { a: ':' }, 'a":b': [':', { ':': ':' }] };
    const payload = JSON.stringify(tricky).replace(/}$/, `,${JSON.stringify(claimsOf(issuer)).slice(1)}`);
    const token = signedRaw('{"alg":"ES256","kid":"first"}', payload, issuer.key);
    expect((await around(issuer).verifier.verify(token, issuer.settings, rules)).subject).toBe('train');
  });
});

describe('time', () => {
  const verdict = async (claims: object, more: object = {}) => {
    const issuer = await TestIssuer.create();
    const token = await issuer.sign({ ...claimsOf(issuer), ...claims });
    return around(issuer)
      .verifier.verify(token, issuer.settings, { ...rules, ...more })
      .then(
        () => 'accepted',
        (error: { reason?: string }) => error.reason,
      );
  };

  it.each([
    ['a token that ended less than the skew ago', { iat: now - 600, exp: now - 59 }, {}],
    ['a token that begins within the skew', { iat: now + 60, nbf: now + 60 }, {}],
    ['a day of lifetime', { exp: now + 86_400 }, {}],
    ['more lifetime where the role allows it', { exp: now + 365 * 86_400 }, { maxLifetime: 366 * 86_400 }],
    ['the oldest token that the role allows', { iat: now - 360 }, { maxAge: 300 }],
    ['no skew at all, while the token lasts', { exp: now + 1 }, { skew: 0 }],
  ])('accepts %s', async (_what, claims, more) => {
    expect(await verdict(claims, more)).toBe('accepted');
  });

  it('without skew, a token ends in the second that it names', async () => {
    expect(await verdict({ exp: now }, { skew: 0 })).toBe('jwt.expired');
  });

  it('runs in seconds since the epoch, whatever the calendar does', async () => {
    const leap = new TestClock();
    const issuer = await TestIssuer.create();
    const network = new IssuerNetwork(issuer);
    const verifier = new JwtVerifier({ keySets: new KeySets({ network, clock: leap, logger: silentLogger }), clock: leap });
    for (const instant of ['2016-12-31T23:59:59Z', '2028-02-29T00:00:00Z', '2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']) {
      leap.time = Date.parse(instant);
      const seconds = leap.time / 1000;
      const token = await issuer.sign({ ...claimsOf(issuer), iat: seconds, exp: seconds + 60 });
      leap.time += 119_999;
      await expect(verifier.verify(token, issuer.settings, rules)).resolves.toBeDefined();
      leap.time += 1;
      await expect(verifier.verify(token, issuer.settings, rules)).rejects.toThrow(reason('expired'));
    }
  });
});

describe('an issuer without name', () => {
  const settingsOf = (issuer: TestIssuer): IssuerSettings => ({
    ...issuer.staticSettings,
    issuer: '',
    keys: {
      from: 'static',
      jwks: JSON.stringify({
        keys: issuer.keys.map(({ jwk: { alg: _alg, ...jwk }, kid }) => ({
          ...jwk,
          use: kid === 'tls' ? 'x509-svid' : 'jwt-svid',
        })),
      }),
    },
  });
  const spiffe = { ...rules, issuerClaim: 'absent', requireIat: false } as const;
  const { iss: _iss, iat: _iat, ...claims } = { ...claimsOf({ issuer: '' } as TestIssuer), sub: 'spiffe://example/train' };

  it('is known by its trust bundle: jwt-svid keys verify, x509-svid keys do not', async () => {
    const issuer = await TestIssuer.create();
    const tls = await makeTestKey('tls');
    issuer.keys.push(tls);
    const { verifier } = around();
    const verified = await verifier.verify(await issuer.sign(claims), settingsOf(issuer), spiffe);
    expect([verified.issuer, verified.subject, verified.issuedAt]).toEqual(['', 'spiffe://example/train', undefined]);
    const byOther = await issuer.sign(claims, {}, tls);
    await expect(verifier.verify(byOther, settingsOf(issuer), spiffe)).rejects.toThrow(reason('unknown-key'));
  });

  it('may name itself or not; but where both sides name one, they agree', async () => {
    const issuer = await TestIssuer.create();
    const { verifier } = around();
    const named = await issuer.sign({ ...claims, iss: 'https://elsewhere.example' });
    await expect(verifier.verify(named, settingsOf(issuer), spiffe)).resolves.toBeDefined();
    const configured = { ...settingsOf(issuer), issuer: issuer.issuer };
    await expect(verifier.verify(named, configured, spiffe)).rejects.toThrow(reason('issuer'));
    // Without the rule, nothing is accepted that says nobody's name.
    await expect(verifier.verify(named, settingsOf(issuer), rules)).rejects.toThrow(reason('issuer'));
  });
});

describe('keys', () => {
  it('of the same name are all tried, up to four', async () => {
    const issuer = await TestIssuer.create();
    const own = issuer.key;
    const others = await Promise.all([1, 2, 3, 4].map(() => makeTestKey('first')));
    for (const [before, verdict] of [
      [3, 'accepted'],
      [4, 'jwt.signature'],
    ] as const) {
      const published = [...others.slice(0, before), own].map(({ jwk }) => jwk);
      const settings: IssuerSettings = {
        ...issuer.settings,
        keys: { from: 'static', jwks: JSON.stringify({ keys: published }) },
      };
      const asked = around().verifier.verify(await issuer.sign(claimsOf(issuer)), settings, rules);
      expect(
        await asked.then(
          () => 'accepted',
          (error: { reason?: string }) => error.reason,
        ),
      ).toBe(verdict);
    }
  });

  it('without name verify tokens without kid, where there is one only', async () => {
    const issuer = await TestIssuer.create();
    const other = await makeTestKey('first', 'ES384');
    const settingsFor = (...keys: object[]): IssuerSettings => ({
      ...issuer.settings,
      algorithms: ['ES256', 'ES384'],
      keys: { from: 'static', jwks: JSON.stringify({ keys: keys.map((key) => ({ ...key, kid: undefined })) }) },
    });
    const anonymous = await issuer.sign(claimsOf(issuer), { kid: undefined });
    const { verifier } = around();
    await expect(verifier.verify(anonymous, settingsFor(issuer.key.jwk, other.jwk), rules)).resolves.toBeDefined();
    const twice = settingsFor(issuer.key.jwk, (await makeTestKey()).jwk);
    await expect(verifier.verify(anonymous, twice, rules)).rejects.toThrow(reason('unknown-key'));
    const named = await issuer.sign(claimsOf(issuer));
    await expect(verifier.verify(named, settingsFor(issuer.key.jwk), rules)).rejects.toThrow(reason('unknown-key'));
  });

  it('of one issuer verify nothing for another, not even under the same kid', async () => {
    const [east, west] = await Promise.all([
      TestIssuer.create({ issuer: 'https://east.example' }),
      TestIssuer.create({ issuer: 'https://west.example' }),
    ]);
    const { verifier } = around(east, west);
    const ofEast = await east.sign(claimsOf(east));
    const saysWest = await east.sign(claimsOf(west));
    await expect(verifier.verify(ofEast, east.settings, rules)).resolves.toBeDefined();
    await expect(verifier.verify(ofEast, west.settings, rules)).rejects.toThrow(reason('issuer'));
    await expect(verifier.verify(saysWest, west.settings, rules)).rejects.toThrow(reason('signature'));
    await expect(verifier.verify(saysWest, east.settings, rules)).rejects.toThrow(reason('issuer'));
  });

  it('are not asked for by a token that could not log in anyway', async () => {
    const issuer = await TestIssuer.create();
    const { network, verifier } = around(issuer);
    for (const claims of [
      { iss: 'https://elsewhere.example' },
      { aud: 'other' },
      { exp: now - 100, iat: now - 200 },
      { sub: '' },
    ]) {
      const token = await issuer.sign({ ...claimsOf(issuer), ...claims }, { kid: 'unheard-of' });
      await expect(verifier.verify(token, issuer.settings, rules)).rejects.toThrow(
        expect.objectContaining({ code: 'login.refused' }),
      );
    }
    expect(network.requests).toEqual([]);
  });
});
