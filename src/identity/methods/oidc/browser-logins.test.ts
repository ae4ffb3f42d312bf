import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { jsonAnswer } from '../../jwt/testing/test-issuer.ts';
import { PlatformWorld } from '../testing/platform-world.ts';
import { CLIENT, FakeProvider } from './testing/fake-provider.ts';

const REDIRECT = 'https://here.example/callback';

/** A provider that gives an ID token for a code as often as it is asked: RFC 6749 § 4.1.2 lets no code be used twice, and not all obey. */
class CarelessProvider implements Network {
  readonly provider: FakeProvider;
  /** Nonce and person by code. */
  readonly codes = new Map<string, JsonObject>();
  /** Codes that were exchanged. */
  readonly exchanged: string[] = [];
  instead: (() => Promise<OutgoingAnswer>) | undefined;

  constructor(provider: FakeProvider) {
    this.provider = provider;
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    const { issuer } = this.provider;
    if (request.url !== `${issuer.issuer}/token`) return this.provider.request(request);
    const code = new URLSearchParams(String(request.body)).get('code') ?? '';
    this.exchanged.push(code);
    if (this.instead !== undefined) return this.instead();
    const person = this.codes.get(code);
    if (person === undefined) return jsonAnswer({ error: 'invalid_grant' }, 400);
    const claims = { iss: issuer.issuer, aud: CLIENT, sub: 'ada', iat: world.now, exp: world.now + 300, ...person };
    return jsonAnswer({ id_token: (await issuer.sign(claims)).text });
  }
}

let world: PlatformWorld;
let network: CarelessProvider;

beforeEach(async () => {
  const provider = await FakeProvider.create(() => world.on.world.clock.now());
  network = new CarelessProvider(provider);
  world = await PlatformWorld.open({ kind: 'oidc', network });
  await world.write('oidc.config.write', provider.config);
  await world.write('oidc.roles.write', { name: 'people', allowedRedirectUris: [REDIRECT], policies: ['features'] });
});
afterEach(() => world[Symbol.asyncDispose]());

/** Begins a login, to which the provider answers with a good code. */
async function begin(): Promise<{ state: string; code: string }> {
  const { output } = await world.login('oidc.begin', { role: 'people', redirectUri: REDIRECT, clientNonce: 'mine' });
  const query = new URL(output?.authUrl ?? '').searchParams;
  const code = `code ${network.codes.size}`;
  network.codes.set(code, { nonce: query.get('nonce') ?? '' });
  return { state: query.get('state') ?? '', code };
}

const finish = (state: string, code: string | undefined, clientNonce = 'mine', error?: string) =>
  world.login('oidc.finish', { state, code: code === undefined ? undefined : Secret.fromText(code), clientNonce, error });

describe('a login in the browser', () => {
  test('ends well with the first callback that names it, and is refused afterwards', async () => {
    const { state, code } = await begin();
    expect((await finish(state, code)).output?.policies).toContain('features');
    expect(await world.reasonOf(finish(state, code))).toBe('oidc.state');
    expect(network.exchanged).toEqual([code]);
  });

  test.each<[what: string, reason: string, first: (state: string, code: string) => Promise<unknown>]>([
    ['names a code that the provider does not take', 'oidc.code', (state) => finish(state, 'stale')],
    ['says that the person refused', 'oidc.denied', (state) => finish(state, undefined, 'mine', 'access_denied')],
    ['comes from another client', 'oidc.state', (state, code) => finish(state, code, 'not mine')],
    [
      'meets a provider that is silent',
      'oidc.unreachable',
      (state, code) => {
        network.instead = () => Promise.reject(new Error('nobody answers'));
        return finish(state, code);
      },
    ],
    [
      'brings an ID token of another login',
      'oidc.nonce',
      (state, code) => {
        network.codes.set('other', { ...network.codes.get(code), nonce: 'other' });
        return finish(state, 'other');
      },
    ],
  ])('ends with the first callback also where it %s', async (_what, reason, first) => {
    const { state, code } = await begin();
    expect(await world.reasonOf(first(state, code))).toBe(reason);
    network.instead = undefined;
    const { length } = network.exchanged;
    expect(await world.reasonOf(finish(state, code))).toBe('oidc.state');
    // The provider is not asked anew.
    expect(network.exchanged).toHaveLength(length);
  });

  test('of several callbacks at once lets one in, and asks the provider once', async () => {
    const { state, code } = await begin();
    const reasons = await Promise.all(
      Array.from({ length: 8 }, () =>
        finish(state, code).then(
          () => 'success',
          (error) => error.code,
        ),
      ),
    );
    expect(reasons.filter((reason) => reason === 'success')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'login.refused')).toHaveLength(7);
    expect(network.exchanged).toEqual([code]);
  });

  test('leaves others alone that were begun', async () => {
    const [one, other] = [await begin(), await begin()];
    await finish(one.state, one.code);
    await expect(finish(other.state, other.code)).resolves.toBeDefined();
  });
});
