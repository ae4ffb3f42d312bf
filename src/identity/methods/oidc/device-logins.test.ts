import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MountPoint } from '../../../foundation/mount.ts';
import { Secret } from '../../../foundation/secret.ts';
import { PlatformWorld } from '../testing/platform-world.ts';
import { FakeProvider } from './testing/fake-provider.ts';

let world: PlatformWorld;
let provider: FakeProvider;
/** Of the same provider and client, where other roles are in force. */
let second: MountPoint;

const REDIRECT = 'https://here.example/callback';
const tokens = () => provider.requests.filter(({ url }) => url.endsWith('/token')).length;
const asRoot = () => ({ as: world.on.root });

beforeEach(async () => {
  provider = await FakeProvider.create(() => world.on.world.clock.now());
  world = await PlatformWorld.open({ kind: 'oidc', network: provider });
  second = await world.on.mountMethod('oidc', 'second');
  await world.write('oidc.config.write', provider.config);
  await world.write('oidc.roles.write', { name: 'people', allowedRedirectUris: [REDIRECT], policies: ['people'] });
  await world.write('oidc.roles.write', { name: 'admins', boundClaims: { team: ['admins'] }, policies: ['admins'] });
  await world.on.performAt(second, 'oidc.config.write', provider.config, asRoot());
  await world.on.performAt(second, 'oidc.roles.write', { name: 'people', policies: ['second'] }, asRoot());
});
afterEach(() => world[Symbol.asyncDispose]());

async function begin(role = 'people', clientNonce: string | undefined = 'mine') {
  const { output } = await world.login('oidc.begin-device', { role, clientNonce });
  return output ?? expect.unreachable();
}
const poll = (state: string, clientNonce: string | undefined = 'mine') => world.login('oidc.poll-device', { state, clientNonce });
const pollAt = (mount: MountPoint, state: string) =>
  world.on.performAt(mount, 'oidc.poll-device', { state, clientNonce: 'mine' }, { remote: { address: '203.0.113.9', port: 1 } });
const policiesOf = async (polled: ReturnType<typeof poll>) => (await polled).output?.policies;
const codeOf = (polled: Promise<unknown>) =>
  polled.then(
    () => 'success',
    ({ code }: { readonly code?: string }) => code,
  );

describe('whoever knows of the login of somebody else on a device', () => {
  test.each(['', 'not mine', 'min', 'mine ', 'MINE', 'mine\u0000', '\ud800'])(
    'and not the nonce of its client, but %j, gets nothing, and ends nothing',
    async (guess) => {
      const { state, userCode } = await begin();
      expect(await codeOf(poll(state, guess))).toMatch(/^(login\.refused|request\.invalid)$/);
      provider.agree(userCode);
      expect(await codeOf(poll(state, guess))).toMatch(/^(login\.refused|request\.invalid)$/);
      expect(tokens()).toBe(0);
      expect(await policiesOf(poll(state))).toEqual(['default', 'people']);
    },
  );

  test('has no use for the nonce of a client that sent none', async () => {
    const { state, userCode } = await begin('people', '');
    provider.agree(userCode);
    expect(await world.reasonOf(poll(state, 'mine'))).toBe('oidc.state');
    expect(await policiesOf(poll(state, ''))).toContain('people');
  });

  test('finds its state by nothing that the person sees, nor by what looks alike', async () => {
    const { state, userCode } = await begin();
    provider.agree(userCode);
    const near = [
      state.slice(0, -1),
      `${state}0`,
      state.toUpperCase(),
      ` ${state}`,
      `${state}\u0000`,
      `./${state}`,
      `begun/${state}`,
    ];
    const guesses = [userCode, `device-${userCode}`, ...near, '%', '_'.repeat(32), '*', '__proto__', '\ud800', '\u0000', ' '];
    for (const guess of guesses) {
      if (guess !== state)
        expect([guess, await world.reasonOf(poll(guess))]).toEqual([guess, expect.stringMatching(/^oidc\.state$|^request/)]);
    }
    expect(await codeOf(poll(''))).toBe('request.invalid');
    expect(tokens()).toBe(0);
    expect(await policiesOf(poll(state))).toContain('people');
  });

  test('is not told the code by which the provider knows the device, nor is the log', async () => {
    const told = await begin();
    await poll(told.state);
    const code = `device-${told.userCode}`;
    expect(String(provider.requests.at(-1)?.body)).toContain(`device_code=${code}`);
    expect(JSON.stringify([told, world.on.world.audit.records])).not.toContain(code);
  });
});

describe('a login on a device that is over', () => {
  test('is not had a second time, though the provider gave the same ID token again', async () => {
    const { state, userCode } = await begin();
    provider.agree(userCode);
    expect(await policiesOf(poll(state))).toContain('people');
    expect(await world.reasonOf(poll(state))).toBe('oidc.state');
    expect(tokens()).toBe(1);
  });

  test('was had once, however many ask at the same time', async () => {
    const { state, userCode } = await begin();
    provider.agree(userCode);
    let reached = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.meanwhile = () => {
      reached += 1;
      if (reached === 8) resolve();
      return promise;
    };
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(poll(state))));
    expect(codes.sort()).toEqual([...Array(7).fill('login.refused'), 'success']);
  });

  test('by its time is refused without a question, and not before', async () => {
    const [one, other] = [await begin(), await begin()];
    for (const { userCode } of [one, other]) provider.agree(userCode);
    world.on.world.clock.time += one.expiresIn * 1000 - 1;
    expect(await policiesOf(poll(one.state))).toContain('people');
    world.on.world.clock.time += 1;
    expect(await world.reasonOf(poll(other.state))).toBe('oidc.state');
    expect(tokens()).toBe(1);
  });

  test('while nobody has agreed is none, and gives nothing to wrap', async () => {
    const { state } = await begin();
    for (let i = 0; i < 30; i++) expect((await poll(state)).output).toBeNull();
    const wrapped = { remote: { address: '203.0.113.9', port: 1 }, wrapTtl: 60 };
    const input = { state, clientNonce: 'mine' };
    expect(await world.on.performAt(world.mount, 'oidc.poll-device', input, wrapped)).toMatchObject({ output: null });
  });
});

describe('a login on a device that began elsewhere', () => {
  test('is unknown at another mount, and not ended by it', async () => {
    const { state, userCode } = await begin();
    for (const agreed of [false, true]) {
      if (agreed) provider.agree(userCode);
      expect(await world.reasonOf(pollAt(second, state))).toBe('oidc.state');
    }
    expect(tokens()).toBe(0);
    expect(await policiesOf(poll(state))).toEqual(['default', 'people']);
  });

  test('is none of the browser, and the other way round; neither ends the other', async () => {
    const { state, userCode } = await begin();
    provider.agree(userCode);
    const code = Secret.fromText('any');
    expect(await world.reasonOf(world.login('oidc.finish', { state, code, clientNonce: 'mine' }))).toBe('oidc.state');
    const { output } = await world.login('oidc.begin', { role: 'people', redirectUri: REDIRECT, clientNonce: 'mine' });
    const ofBrowser = new URL(output?.authUrl ?? '').searchParams.get('state') ?? '';
    expect(await world.reasonOf(poll(ofBrowser))).toBe('oidc.state');
    expect(tokens()).toBe(0);
    expect(await policiesOf(poll(state))).toContain('people');
    // The browser's own is there still: the provider is asked.
    await world.reasonOf(world.login('oidc.finish', { state: ofBrowser, code, clientNonce: 'mine' }));
    expect(tokens()).toBe(2);
  });
});

describe('the role of a login on a device', () => {
  test('is the one that it began with, whoever agrees', async () => {
    const { state, userCode } = await begin('people');
    provider.agree(userCode, { sub: 'grace', team: 'admins' });
    expect(await policiesOf(poll(state))).toEqual(['default', 'people']);
  });

  test('admits only whom it names: agreeing is not enough', async () => {
    const { state, userCode } = await begin('admins');
    provider.agree(userCode, { sub: 'ada', team: 'people' });
    for (let i = 0; i < 2; i++) expect(await world.reasonOf(poll(state))).toBe('claims.mismatch');
  });

  test('is known, or the provider is not asked for a device', async () => {
    for (const role of ['nobody', '__proto__', '', '../second/people', 'people\u0000', 'PEOPLE']) {
      expect([role, await codeOf(begin(role))]).toEqual([role, expect.stringMatching(/^(login\.refused|request\.invalid)$/)]);
    }
    expect(provider.devices.size).toBe(0);
  });

  test('is the one in force when it ends: deleted, or made narrower meanwhile', async () => {
    const [one, other] = [await begin(), await begin('admins')];
    for (const { userCode } of [one, other]) provider.agree(userCode, { sub: 'ada', team: 'admins' });
    await world.write('oidc.roles.delete', { name: 'admins' });
    expect(await world.reasonOf(poll(other.state))).toBe('role.unknown');
    await world.write('oidc.roles.write', { name: 'people', boundSubject: 'grace' });
    expect(await world.reasonOf(poll(one.state))).toBe('claims.mismatch');
  });

  test('lets nobody in by what it was while the provider was asked', async () => {
    const { state, userCode } = await begin();
    provider.agree(userCode);
    provider.meanwhile = async () => {
      provider.meanwhile = undefined;
      await world.write('oidc.roles.write', { name: 'people', boundSubject: 'grace' });
    };
    expect(await codeOf(poll(state))).not.toBe('success');
    expect(await world.reasonOf(poll(state))).toBe('claims.mismatch');
  });
});

describe('an ID token that a device brings', () => {
  test.each([
    ['for another client', { aud: 'another' }],
    ['for several clients, asked for by another', { aud: ['watchword', 'another'], azp: 'another' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['that is over', { exp: 1 }],
    ['of nobody', { sub: '' }],
    ['of somebody who is no text', { sub: 7 }],
  ])('%s lets nobody in', async (_what, claims) => {
    const { state, userCode } = await begin();
    provider.agree(userCode, { sub: 'ada', ...claims });
    expect(await codeOf(poll(state))).toBe('login.refused');
  });

  test.each([undefined, 0, '9'.repeat(12)])(
    'that does not say when the person proved herself, but %j, is too old',
    async (time) => {
      await world.write('oidc.roles.write', { name: 'people', maxAge: 60 });
      const { state, userCode } = await begin();
      provider.agree(userCode, { sub: 'ada', ...(time === undefined ? {} : { auth_time: time }) });
      expect(await world.reasonOf(poll(state))).toBe('oidc.max-age');
    },
  );
});
