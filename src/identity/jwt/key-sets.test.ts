import { describe, expect, it } from 'vitest';
import { TestClock } from '../../access/testing/test-door.ts';
import { silentLogger } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { IssuerSettings } from './issuer-settings.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { KeySets } from './key-sets.ts';
import { IssuerNetwork, jsonAnswer, makeTestKey, TestIssuer, type TestKey, unreachable } from './testing/test-issuer.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const rules = { audiences: ['watchword'] };

async function around(settings: (issuer: TestIssuer) => IssuerSettings = (issuer) => issuer.settings) {
  const clock = new TestClock();
  const issuer = await TestIssuer.create();
  const network = new IssuerNetwork(issuer);
  const warnings: unknown[] = [];
  const keySets = new KeySets({ network, clock, logger: { ...silentLogger, warn: (_message, fields) => warnings.push(fields) } });
  const verifier = new JwtVerifier({ keySets, clock });
  const sign = (key: TestKey = issuer.key, header: Record<string, unknown> = {}) => {
    const seconds = Math.floor(clock.now() / 1000);
    return issuer.sign({ iss: issuer.issuer, sub: 'train', aud: 'watchword', iat: seconds, exp: seconds + 600 }, header, key);
  };
  /** `accepted`, or the reason and the seconds to wait. */
  const present = (token: Secret, configured = settings(issuer)): Promise<string> =>
    verifier.verify(token, configured, rules).then(
      () => 'accepted',
      ({ reason, retryAfter }) => (retryAfter === undefined ? reason : `${reason} ${retryAfter}`),
    );
  const login = async (key?: TestKey, header?: Record<string, unknown>, configured?: IssuerSettings) =>
    present(await sign(key, header), configured);
  return { clock, issuer, network, keySets, warnings, login, sign, present };
}

/** Everything that goes on in the background gets its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the keys of an issuer', () => {
  it('are fetched once for many logins, also for those that come at the same time', async () => {
    const { network, login } = await around();
    expect(await Promise.all(Array.from({ length: 20 }, () => login()))).toEqual(Array(20).fill('accepted'));
    expect(await login()).toBe('accepted');
    expect(network.requests.map(({ url }) => url)).toEqual([
      'https://issuer.example/.well-known/openid-configuration',
      'https://issuer.example/keys',
    ]);
  });

  it('are asked for within limits, under the pinned authority, inside only where it is marked so', async () => {
    for (const internal of [true, false]) {
      const { network, login } = await around((issuer) => ({ ...issuer.settings, internal, caPem: 'pinned' }));
      await login();
      const limits = { maxBytes: 256 * 1024, timeoutMs: 4000, ca: 'pinned', allowPrivate: internal, allowPlain: internal };
      expect(network.requests).toEqual([expect.objectContaining(limits), expect.objectContaining(limits)]);
    }
  });

  it('are refreshed in the background: no login waits', async () => {
    const { clock, network, login } = await around();
    await login();
    clock.time += 5 * MINUTE;
    const hanging = Promise.withResolvers<never>();
    network.instead = () => hanging.promise;
    expect(await login()).toBe('accepted');
    expect(await login()).toBe('accepted');
    expect(network.requests.length).toBe(3);
    hanging.reject(new Error('late'));
    await settled();
    expect(await login()).toBe('accepted');
  });

  it('are refreshed without any login while they are in use, and left alone a day later', async () => {
    const { clock, network, keySets, login } = await around();
    await login();
    for (let minute = 0; minute < 30; minute++) {
      clock.time += MINUTE;
      keySets.refreshDue();
      await settled();
    }
    expect(network.keyRequests).toBe(7);
    clock.time += 24 * HOUR;
    keySets.refreshDue();
    expect(network.keyRequests).toBe(7);
  });

  it('that the issuer has withdrawn are not believed after the next refresh', async () => {
    const { clock, issuer, login } = await around();
    const withdrawn = issuer.key;
    await login();
    issuer.keys.splice(0, 1, await makeTestKey('second'));
    clock.time += 5 * MINUTE;
    await login(withdrawn);
    await settled();
    clock.time += MINUTE;
    expect(await login(withdrawn)).toBe('jwt.unknown-key');
    expect(await login()).toBe('accepted');
  });

  it('are told apart by the settings that lead to them', async () => {
    const { network, issuer, login } = await around();
    await login();
    await login(issuer.key, {}, { ...issuer.settings, caPem: 'another' });
    await login(issuer.key, {}, { ...issuer.settings, internal: true });
    await login(issuer.key, {}, { ...issuer.settings, keys: { from: 'jwks', url: 'https://issuer.example/keys' } });
    expect(network.keyRequests).toBe(4);
  });
});

describe('an outage', () => {
  it('costs no valid login for a day, then nobody is believed', async () => {
    const { clock, network, keySets, login, warnings } = await around();
    await login();
    network.instead = unreachable;
    for (let hour = 0; hour < 23; hour++) {
      clock.time += HOUR;
      expect(await login()).toBe('accepted');
      await settled();
    }
    expect(warnings[0]).toEqual({ issuer: 'https://issuer.example', code: 'ECONNREFUSED', failures: 1 });
    clock.time += HOUR - 1;
    expect(await login()).toBe('accepted');
    await settled();
    clock.time += 1;
    expect(await login()).toBe('jwt.keys-stale 30');
    network.instead = undefined;
    clock.time += 30_000;
    keySets.refreshDue();
    await settled();
    expect(await login()).toBe('accepted');
  });

  it('before the first keys is waited out in growing steps', async () => {
    const { clock, network, login } = await around();
    network.instead = unreachable;
    const waits: string[] = [];
    for (const seconds of [5, 10, 20, 30, 30]) {
      waits.push(await login());
      clock.time += seconds * 1000 - 1;
      expect(await login()).toBe('jwt.keys-unavailable 1');
      clock.time += 1;
    }
    expect(waits).toEqual([5, 10, 20, 30, 30].map((seconds) => `jwt.keys-unavailable ${seconds}`));
    expect(network.requests.length).toBe(5);
    network.instead = undefined;
    expect(await login()).toBe('accepted');
  });

  it('that makes the first fetch slow does not make it two', async () => {
    const { clock, sign, present, network, issuer } = await around();
    const token = await sign();
    const slow = Promise.withResolvers<void>();
    const answers = new IssuerNetwork(issuer);
    network.instead = (request) => slow.promise.then(() => answers.request(request));
    const first = present(token);
    clock.time += 7_000;
    const second = present(token);
    await settled();
    slow.resolve();
    expect(await Promise.all([first, second])).toEqual(['accepted', 'accepted']);
    expect(network.requests.length).toBe(2);
  });

  it('does not come from a clock that is set back', async () => {
    const { clock, network, login } = await around();
    await login();
    clock.time -= 2 * HOUR;
    expect(await login()).toBe('accepted');
    await settled();
    expect(network.keyRequests).toBe(2);
    expect(await login(await makeTestKey('unknown'))).toBe('jwt.keys-pending 30');
  });
});

describe('a new key', () => {
  it('that the issuer announces beside the old one loses no login', async () => {
    const { clock, issuer, login } = await around();
    await login();
    const [old, fresh] = [issuer.key, await makeTestKey('second')];
    issuer.keys.push(fresh);
    clock.time += MINUTE;
    expect(await Promise.all([login(old), login(fresh), login(old), login(fresh)])).toEqual(Array(4).fill('accepted'));
  });

  it('that was not announced is tried again after a moment', async () => {
    const { clock, issuer, login, network } = await around();
    await login();
    issuer.keys.push(await makeTestKey('second'));
    clock.time += 10_000;
    expect(await login(issuer.keys[1])).toBe('jwt.keys-pending 20');
    clock.time += 20_000;
    expect(await login(issuer.keys[1])).toBe('accepted');
    expect(network.keyRequests).toBe(2);
  });

  it('is fetched at most twice a minute, however many tokens name keys that nobody has', async () => {
    const { clock, login, network } = await around();
    const unknown = await makeTestKey('unknown');
    await login();
    network.requests.length = 0;
    const outcomes = new Set<string>();
    for (let second = 0; second < 600; second++) {
      clock.time += 1000;
      for (const kid of [`a${second}`, `b${second}`]) outcomes.add((await login(unknown, { kid })).replace(/ .*/, ''));
      expect(await login()).toBe('accepted');
    }
    expect(network.requests.length).toBe(20);
    expect(outcomes).toEqual(new Set(['jwt.keys-pending', 'jwt.unknown-key']));
  });

  it('is missed by a fetch that began before the token came: that is no reason to refuse it', async () => {
    const { clock, issuer, login, sign, present, network } = await around();
    await login();
    const second = await makeTestKey('second');
    const tokens = await Promise.all([sign(await makeTestKey('unknown')), sign(second)]);
    clock.time += MINUTE;
    const before = jsonAnswer(issuer.jwks);
    const slow = Promise.withResolvers<typeof before>();
    network.instead = () => slow.promise;
    const nobodys = present(tokens[0]);
    await settled();
    expect(network.keyRequests).toBe(2);
    issuer.keys.push(second);
    const honest = present(tokens[1]);
    await settled();
    slow.resolve(before);
    expect(await Promise.all([nobodys, honest])).toEqual(['jwt.unknown-key', 'jwt.keys-pending 30']);
  });

  it('that cannot be fetched is pending, and known keys are not kept waiting by it', async () => {
    const { clock, login, sign, present, network } = await around();
    await login();
    const token = await sign(await makeTestKey('second'));
    clock.time += MINUTE;
    const hanging = Promise.withResolvers<never>();
    network.instead = () => hanging.promise;
    const pending = present(token);
    await settled();
    expect(network.keyRequests).toBe(2);
    expect(await login()).toBe('accepted');
    hanging.reject(Object.assign(new Error('late'), { code: 'network.timeout' }));
    expect(await pending).toBe('jwt.keys-pending 30');
  });
});

describe('an answer is not believed', () => {
  const discovery =
    (document: object) =>
    (issuer: TestIssuer) =>
    async ({ url }: { url: string }) =>
      url.endsWith('configuration') ? jsonAnswer(document) : jsonAnswer(issuer.jwks);
  const keys = 'https://issuer.example/keys';

  it.each([
    ['whose issuer is another', discovery({ issuer: 'https://elsewhere.example', jwks_uri: keys }), 'discovery.issuer'],
    ['whose issuer has a slash more', discovery({ issuer: 'https://issuer.example/', jwks_uri: keys }), 'discovery.issuer'],
    ['without issuer', discovery({ jwks_uri: keys }), 'discovery.issuer'],
    ['without place of the keys', discovery({ issuer: 'https://issuer.example' }), 'discovery.jwks-uri'],
    ['that is a list', discovery([]), 'discovery.issuer'],
    ['that redirects', () => async () => ({ ...jsonAnswer({}, 302), headers: { location: keys } }), 'status.302'],
    ['that is an error', () => async () => jsonAnswer({}, 500), 'status.500'],
    ['that is no JSON', () => async () => ({ ...jsonAnswer(0), body: Buffer.from('<html>') }), 'discovery.issuer'],
    ['that is too large', () => async () => ({ ...jsonAnswer(0), body: Buffer.alloc(256 * 1024 + 1, 32) }), 'keys.too-large'],
  ])('%s', async (_what, instead, code) => {
    const { issuer, login, network, warnings } = await around();
    network.instead = instead(issuer);
    expect(await login()).toBe('jwt.keys-unavailable 5');
    expect(warnings).toEqual([{ issuer: 'https://issuer.example', code, failures: 1 }]);
  });

  it.each([
    ['no set', () => ({})],
    ['a set without list', () => ({ keys: {} })],
    ['a set of more than 100 keys', ({ key }: TestIssuer) => ({ keys: Array(101).fill(key.jwk) })],
  ])('that is %s: the old keys stay', async (_what, set) => {
    const { clock, issuer, login, network } = await around();
    await login();
    clock.time += HOUR;
    network.instead = async () => jsonAnswer(set(issuer));
    await login();
    await settled();
    expect(await login()).toBe('accepted');
  });

  it('may name itself otherwise than its tokens do where the settings say how', async () => {
    const discoveryIssuer = 'https://issuer.example/{tenantid}';
    const { network, login, issuer } = await around(({ settings }) => ({ ...settings, discoveryIssuer }));
    network.instead = discovery({ issuer: discoveryIssuer, jwks_uri: keys })(issuer);
    expect(await login()).toBe('accepted');
  });

  it('may name keys that are of no use beside those that are', async () => {
    const { issuer, login, network, warnings } = await around();
    const unusable = [{ kty: 'oct', k: 'AAAA', kid: 'first' }, { kty: 'other' }, 'text', { ...issuer.key.jwk, use: 'enc' }];
    network.instead = async ({ url }) =>
      url === keys ? jsonAnswer({ keys: [...unusable, issuer.key.jwk] }) : jsonAnswer({ issuer: issuer.issuer, jwks_uri: keys });
    expect(await login()).toBe('accepted');
    expect(warnings).toEqual([{ issuer: 'https://issuer.example', why: 'symmetric unsupported malformed' }]);
  });
});

describe('memory', () => {
  it('is bounded: the set that was not used for longest is forgotten', async () => {
    const { network, keySets, login } = await around();
    await login();
    for (let count = 0; count < 1000; count++) {
      keySets.keysFor({
        issuer: `${count}`,
        keys: { from: 'jwks', url: `https://x.example/${count}` },
        algorithms: [],
        internal: false,
      });
    }
    network.requests.length = 0;
    await login();
    expect(network.keyRequests).toBe(1);
  });

  it('after closing, nobody is asked any more', async () => {
    const { clock, network, keySets, login } = await around();
    await login();
    keySets.close();
    clock.time += HOUR;
    keySets.refreshDue();
    expect(await login()).toBe('accepted');
    expect(await login(await makeTestKey('second'))).toMatch(/^jwt\.keys-pending /);
    expect(network.keyRequests).toBe(1);
  });
});
