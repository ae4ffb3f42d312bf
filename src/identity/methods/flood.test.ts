import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../foundation/secret.ts';
import type { IssuerNetwork } from '../jwt/testing/test-issuer.ts';
import { PlatformWorld } from './testing/platform-world.ts';

const NAT = { address: '203.0.113.9', port: 1 };
let world: PlatformWorld;
afterEach(() => world[Symbol.asyncDispose]());

async function open(): Promise<void> {
  world = await PlatformWorld.open({ kind: 'jwt' });
  await world.write('jwt.config.write', { oidcDiscoveryUrl: world.issuer.issuer });
  await world.write('jwt.roles.write', { name: 'train', boundAudiences: ['here'], userClaim: 'sub', policies: ['features'] });
}

const network = () => world.network as IssuerNetwork;
const valid = () => world.sign({ aud: 'here', sub: 'trainer' });
const logIn = (jwt: Secret, remote = NAT) => world.on.performAt(world.mount, 'jwt.login', { role: 'train', jwt }, { remote });
const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'success',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );

async function flood(times: number, remote = NAT): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  const forged = await world.sign({ aud: 'elsewhere', sub: 'trainer' });
  for (let i = 0; i < times; i++) {
    const code = await codeOf(logIn(forged, remote));
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
}

describe('a flood of refused tokens', () => {
  test('locks nobody out who has a good one, not even at the same address', async () => {
    await open();
    for (let round = 0; round < 3; round++) {
      await flood(50);
      expect(await codeOf(logIn(await valid()))).toBe('success');
    }
  });

  test('leaves the events of its share, and is counted beyond', async () => {
    await open();
    const before = world.on.world.audit.records.length;
    expect(await flood(100)).toEqual({ 'login.refused': 10, 'request.limited': 90 });
    expect(world.on.world.audit.records.slice(before).map(({ phase, reason }) => `${phase} ${reason}`)).toEqual(
      Array(10).fill('complete jwt.audience'),
    );
    expect(world.on.world.attempts.takeRefused()).toBe(90);
  });

  test('takes nothing from the share of others', async () => {
    await open();
    await flood(50);
    expect(await flood(10, { address: '203.0.113.10', port: 1 })).toEqual({ 'login.refused': 10 });
  });
});

describe('a flood of what is no token at all', () => {
  test('locks nobody out and fills no log either', async () => {
    await open();
    const before = world.on.world.audit.records.length;
    for (let i = 0; i < 100; i++) await codeOf(logIn(Secret.fromText(`nonsense ${i}`)));
    expect(world.on.world.audit.records.length - before).toBe(10);
    expect(await codeOf(logIn(await valid()))).toBe('success');
  });
});

describe('a flood of tokens whose key nobody can fetch', () => {
  test('is told to come back each time, has the events of its share, and locks nobody out', async () => {
    await open();
    expect(await codeOf(logIn(await valid()))).toBe('success');
    const before = world.on.world.audit.records.length;
    const asked = network().keyRequests;
    const codes = new Set<string>();
    for (let i = 0; i < 60; i++) {
      codes.add(await codeOf(logIn(await world.sign({ aud: 'here', sub: 'x' }, { kid: `unknown ${i}` }))));
    }
    expect([...codes].sort()).toEqual(['login.unavailable']);
    expect(network().keyRequests - asked).toBeLessThanOrEqual(1);
    expect(world.on.world.audit.records.length - before).toBe(10);
    expect(await codeOf(logIn(await valid()))).toBe('success');
  });
});
