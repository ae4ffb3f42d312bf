import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuerName, pathOfIssuer } from './issuer-name.ts';
import { ISSUER, IssuerWorld } from './testing/issuer-world.ts';

let world: IssuerWorld;
beforeAll(async () => {
  world = await IssuerWorld.open();
  await world.configure();
});
afterAll(() => world[Symbol.asyncDispose]());

const invalid = (where: string) => expect.objectContaining({ code: 'issuer.invalid', where });

describe('the issuer is called', () => {
  test.each([
    ['the address of the server with the path of Vault', '', false, ISSUER],
    ['what is configured with the path of Vault', 'https://vault.test', false, 'https://vault.test/v1/identity/oidc'],
    ['a bare origin where that is exact', 'https://vault.test', true, 'https://vault.test'],
    ['what is configured where that has a path', 'https://proxy.test/watchword', false, 'https://proxy.test/watchword'],
  ])('%s', (_what, issuer, exactIssuer, name) => {
    expect(issuerName({ issuer, exactIssuer }, 'https://watchword.test:8200')).toBe(name);
    expect(`${new URL(name).origin}${pathOfIssuer(name)}`).toBe(name);
  });

  test('the same in tokens, documents and settings', async () => {
    const config = { issuer: 'https://proxy.test/watchword' };
    await world.perform('issuer.config.write', config);
    const { effectiveIssuer } = await world.perform('issuer.config.read', {});
    const described = await world.perform('issuer.describe', {});
    const { token } = await world.perform('issuer.token', { role: 's3' }, await world.workload());
    const said = JSON.parse(Buffer.from(token.text.split('.')[1] ?? '', 'base64url').toString());
    expect([effectiveIssuer, described.issuer, said.iss]).toEqual(Array(3).fill(config.issuer));
    expect(described).toMatchObject({
      keySetUrl: 'https://proxy.test/watchword/.well-known/keys',
      tokenUrl: 'https://watchword.test:8200/oauth/token',
    });
    await world.perform('issuer.config.write', { issuer: '' });
  });

  test.each([
    'vault.test',
    'ftp://vault.test',
    'javascript:alert(1)',
    'https://',
    'https://vault.test/',
    'https://vault.test/a/',
    'https://vault.test?x=1',
    'https://vault.test?',
    'https://vault.test/#',
    'https://user@vault.test',
    'https://user:word@vault.test',
    'https://Vault.test',
    'https://vault.test:443',
    'https://vault.test/a/../b',
    'https://vault.test/a b',
    ' https://vault.test',
    'https://vault.test\n',
  ])('not %j', async (issuer) => {
    await expect(world.perform('issuer.config.write', { issuer })).rejects.toEqual(invalid('issuer'));
  });

  test('by http only with a warning, and by another name only with one', async () => {
    const warnings = async (issuer: string) => (await world.answer('issuer.config.write', { issuer })).warnings.join('\n');
    expect(await warnings('http://vault.test')).toMatch(/scheme http.*told of the new issuer/s);
    expect(await warnings('http://vault.test')).not.toContain('told');
    expect(await warnings('')).not.toContain('http:');
  });
});

describe('a key', () => {
  test.each([
    [{ rotationPeriod: 59 }, 'rotation_period'],
    [{ rotationPeriod: 60, verificationTtl: 601 }, 'verification_ttl'],
    [{ rotationPeriod: 60, verificationTtl: 599 }, 'verification_ttl'],
  ])('is not told %j', async (settings, where) => {
    await expect(world.perform('issuer.keys.write', { name: 'signing', ...settings })).rejects.toEqual(invalid(where));
  });

  test.each(['none', 'HS256', 'EdDSA', 'RS512', 'rs256'])('does not sign by %s', async (algorithm) => {
    const write = world.perform('issuer.keys.write', { name: 'odd', algorithm: algorithm as never });
    await expect(write).rejects.toMatchObject({ code: 'request.invalid', where: 'algorithm' });
  });

  test('that a role names cannot be deleted', async () => {
    await expect(world.perform('issuer.keys.delete', { name: 'signing' })).rejects.toThrow('these roles: s3');
    await world.perform('issuer.keys.write', { name: 'free', algorithm: 'ES256' });
    await world.perform('issuer.keys.delete', { name: 'free' });
    expect(await world.perform('issuer.keys.read', { name: 'free' })).toBeNull();
    await world.perform('issuer.keys.delete', { name: 'free' });
  });

  test('that there is not cannot rotate', async () => {
    await expect(world.perform('issuer.keys.rotate', { name: 'none' })).rejects.toEqual(invalid('name'));
  });

  test('is shown without its keys', async () => {
    expect(await world.perform('issuer.keys.read', { name: 'signing' })).toEqual({
      algorithm: 'ES256',
      rotationPeriod: 86_400,
      verificationTtl: 86_400,
      allowedClientIds: ['*'],
    });
  });
});

describe('a role', () => {
  test.each([
    [{ key: '' }, 'request.invalid'],
    [{ key: 'none' }, 'issuer.invalid'],
    [{ ttl: 0 }, 'issuer.invalid'],
    [{ ttl: 90_000 }, 'issuer.invalid'],
    [{ maxTtl: 90_000 }, 'issuer.invalid'],
    [{ ttl: 600, maxTtl: 60 }, 'issuer.invalid'],
    [{ template: '{"aud": "x"}' }, 'issuer.invalid'],
    [{ audiences: ['with space'] }, 'request.invalid'],
    [{ audiences: [''] }, 'request.invalid'],
    [{ subject: 'group' as never }, 'request.invalid'],
  ])('is not told %j', async (given, code) => {
    await expect(world.perform('issuer.roles.write', { name: 's3', ...given })).rejects.toMatchObject({ code });
  });

  test('warns of what works otherwise than it looks', async () => {
    await world.perform('issuer.keys.write', { name: 'closed', algorithm: 'ES256' });
    const { warnings } = await world.answer('issuer.roles.write', { name: 'odd', key: 'closed', ttl: 7200 });
    expect(warnings).toEqual([expect.stringContaining('allowed_client_ids'), expect.stringContaining('max_ttl')]);
  });

  test('keeps what a change does not name, its client id above all', async () => {
    await world.perform('issuer.roles.write', { name: 'kept', key: 'signing' });
    const before = await world.perform('issuer.roles.read', { name: 'kept' });
    await world.perform('issuer.roles.write', { name: 'kept', ttl: 60 });
    expect(await world.perform('issuer.roles.read', { name: 'kept' })).toEqual({ ...before, ttl: 60 });
    expect(before?.clientId).toMatch(/^[0-9A-Za-z]{26}$/);
  });

  test('and the key that it names do not change under each other', async () => {
    await world.perform('issuer.roles.write', { name: 'long', key: 'signing', ttl: 7200, maxTtl: 7200 });
    const shorten = world.perform('issuer.keys.write', { name: 'signing', verificationTtl: 3600 });
    await expect(shorten).rejects.toThrow('referenced by one or more roles');
    await world.perform('issuer.roles.delete', { name: 'long' });
    await world.perform('issuer.keys.write', { name: 'signing', verificationTtl: 3600 });
  });
});
