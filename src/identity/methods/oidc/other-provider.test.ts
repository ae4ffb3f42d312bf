import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { PlatformWorld } from '../testing/platform-world.ts';
import { FakeProvider } from './testing/fake-provider.ts';

const REDIRECT = 'https://here.example/callback';
let world: PlatformWorld;
let provider: FakeProvider;
let other: FakeProvider;
let held: Promise<unknown> | undefined;

beforeEach(async () => {
  held = undefined;
  const now = () => world.on.world.clock.now();
  [provider, other] = await Promise.all([FakeProvider.create(now), FakeProvider.create(now, 'https://other.example')]);
  const request = async (asked: OutgoingRequest): Promise<OutgoingAnswer> => {
    if (asked.url.endsWith('/device')) await held;
    return (asked.url.startsWith('https://other.example') ? other : provider).request(asked);
  };
  world = await PlatformWorld.open({ kind: 'oidc', network: { request } });
  await world.write('oidc.config.write', provider.config);
  await world.write('oidc.roles.write', { name: 'people', allowedRedirectUris: [REDIRECT], policies: ['people'] });
});
afterEach(() => world[Symbol.asyncDispose]());

const beginDevice = async () => (await world.login('oidc.begin-device', { role: 'people' })).output ?? expect.unreachable();
const poll = (state: string) => world.login('oidc.poll-device', { state });

describe('a mount that is told of another provider while somebody logs in', () => {
  test.each([
    ['provider', () => world.write('oidc.config.write', other.config)],
    ['client', () => world.write('oidc.config.write', { clientId: 'another' })],
  ])('shows it no code of a device that another %s gave', async (_what, change) => {
    const { state, userCode } = await beginDevice();
    provider.agree(userCode);
    other.devices.set(`device-${userCode}`, { person: { sub: 'eve' } });
    await change();
    expect(await world.reasonOf(poll(state))).toBe('oidc.state');
    expect([...provider.requests, ...other.requests].filter(({ url }) => url.endsWith('/token'))).toEqual([]);
  });

  test('shows it no code, nor the secret that goes with it, that a browser brings', async () => {
    const { output } = await world.login('oidc.begin', { role: 'people', redirectUri: REDIRECT });
    const state = new URL(output?.authUrl ?? '').searchParams.get('state') ?? '';
    await world.write('oidc.config.write', other.config);
    const finished = world.login('oidc.finish', { state, code: Secret.fromText('any') });
    expect(await world.reasonOf(finished)).toBe('oidc.state');
    expect(other.requests).toEqual([]);
  });

  test('lets nobody in by what the former one says just then', async () => {
    const { state, userCode } = await beginDevice();
    provider.agree(userCode);
    provider.meanwhile = () => world.write('oidc.config.write', other.config);
    await expect(poll(state)).rejects.toMatchObject({ code: 'store.raced' });
    provider.meanwhile = undefined;
    expect(await world.reasonOf(poll(state))).toBe('oidc.state');
  });
});

test('whoever begins logins on many devices asks the provider for few of them at a time', async () => {
  let go = () => {};
  held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let waiting = 0;
  const request = world.network.request.bind(world.network);
  world.network.request = (asked) => {
    if (asked.url.endsWith('/device')) waiting += 1;
    return request(asked);
  };
  const begun = Array.from({ length: 200 }, () => beginDevice());
  for (let i = 0; i < 500; i++) await new Promise((next) => setImmediate(next));
  expect(waiting).toBe(32);
  go();
  expect(new Set((await Promise.all(begun)).map(({ state }) => state)).size).toBe(200);
});
