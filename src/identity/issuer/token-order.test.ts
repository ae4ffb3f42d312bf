import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemRandom } from '../../foundation/node-ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { TokenOrder } from './contract.ts';
import { makeSigningKey } from './signing-key.ts';
import { ISSUER, IssuerWorld } from './testing/issuer-world.ts';
import { orderedTokens } from './token-order.ts';

const TARGET = 'https://target.test';

let world: IssuerWorld;
beforeAll(async () => {
  world = await IssuerWorld.open();
  await world.configure({}, { audiences: [TARGET], workloadClaims: true });
});
afterAll(() => world[Symbol.asyncDispose]());

const lookup = async (token: Secret) => {
  const { output } = await world.platform.on.perform(world.root, 'token.lookup', { token });
  if (output === undefined) throw new Error('it was wrapped');
  return output;
};
const accessorOf = async (token: Secret) => (await lookup(token)).accessor;
const order = async (more: Partial<TokenOrder> = {}) =>
  world.identity.signToken({
    role: 's3',
    audience: TARGET,
    ttl: 300,
    session: more.session ?? (await accessorOf(await world.workload())),
    ...more,
  });

describe('a token that the server asks for itself', () => {
  test('says of the workload what a token says that it asks for', async () => {
    const token = await world.workload();
    const own = decodeJwt((await world.perform('issuer.token', { role: 's3', audience: TARGET }, token)).token.text);
    const ordered = await order({ session: await accessorOf(token) });
    const claims = await world.verify(ordered.token, TARGET);
    const now = Math.floor(world.now / 1000);
    expect(claims).toEqual({ ...own, jti: ordered.id, iat: now, nbf: now, exp: now + 300 });
    expect(ordered).toMatchObject({ issuer: ISSUER, subject: own.sub, audience: TARGET });
  });

  test('is for the client id of the role where no audience is named, and for no other than the role names', async () => {
    expect((await order({ audience: '' })).audience).toBe('https://s3.test');
    await expect(order({ audience: 'https://else.test' })).rejects.toMatchObject({ code: 'issuer.audience' });
    await expect(world.identity.checkSigning({ role: 's3', audience: 'https://else.test' })).rejects.toMatchObject({
      code: 'issuer.audience',
    });
    await expect(world.identity.checkSigning({ role: 's3', audience: TARGET })).resolves.toBeUndefined();
  });

  test('lives no longer than the role says, nor than the session', async () => {
    const long = decodeJwt((await order({ ttl: 100_000 })).token.text);
    expect(Number(long.exp) - Number(long.iat)).toBe(600);
    const session = await accessorOf(await world.workload({ ttl: 60 }));
    const short = decodeJwt((await order({ session })).token.text);
    expect(Number(short.exp) - Number(short.iat)).toBe(60);
    world.pass(60);
    await expect(order({ session })).rejects.toMatchObject({ code: 'access.token-invalid' });
  });

  test('is given to no session that is over, and to none that nobody logged in for', async () => {
    const token = await world.workload();
    const session = await accessorOf(token);
    await world.platform.on.perform(world.root, 'token.revoke', { token });
    await expect(order({ session })).rejects.toMatchObject({ code: 'access.token-invalid' });
    await expect(order({ session: 'never' })).rejects.toMatchObject({ code: 'access.token-invalid' });
    await expect(order({ session: await accessorOf(world.root) })).rejects.toMatchObject({ code: 'issuer.subject' });
  });

  test('is not signed for a role that there is not, nor with a key that does not let it', async () => {
    await expect(order({ role: 'none' })).rejects.toMatchObject({ code: 'issuer.invalid' });
    await world.perform('issuer.keys.write', { name: 'signing', allowedClientIds: ['other'] });
    await expect(order()).rejects.toThrow('allowed client ID');
    await expect(world.identity.checkSigning({ role: 's3', audience: TARGET })).rejects.toThrow('allowed client ID');
    await world.perform('issuer.keys.write', { name: 'signing', allowedClientIds: ['*'] });
  });

  test('is not signed for a workload whose entity was disabled meanwhile', async () => {
    const { accessor: session, entityId } = await lookup(await world.workload());
    await expect(order({ session })).resolves.toBeDefined();
    await world.perform('entities.write', { at: 'id', id: entityId, disabled: true });
    await expect(order({ session })).rejects.toMatchObject({ code: 'access.denied' });
    await world.perform('entities.write', { at: 'id', id: entityId, disabled: false });
  });

  test('is bound to no key of the workload: the server shows it, and has none', async () => {
    const key = await makeSigningKey('ES256', systemRandom, 0);
    const role = { key: 'k', clientId: TARGET, audiences: [], ttl: 600, maxTtl: 0, subject: 'workload', template: '' };
    const named = { ...role, verificationTtl: 600, allowedClientIds: ['*'], keys: [{ key, signsFrom: 0 }] };
    const records = { roles: { find: () => role }, keys: { find: () => named }, issuer: () => ISSUER };
    const login = { mountId: 'm', collection: 'role', name: 'r' };
    const token = { subject: 'job', login, binding: { kind: 'dpop', thumbprint: 't' } };
    const on = {
      storage: { reader: {} },
      clock: systemClock,
      records,
      tokens: { findByAccessor: () => ({ token, session: {} }) },
      entities: { complete: () => ({ principal: { attributes: {} } }) },
      findMount: () => ({ accessor: 'a' }),
    };
    const signed = await orderedTokens(on as never).signToken({ role: 'r', audience: '', ttl: 60, session: 's' });
    expect(decodeJwt(signed.token.text)).toMatchObject({ sub: 'a:job', aud: TARGET });
    expect(decodeJwt(signed.token.text)).not.toHaveProperty('cnf');
  });
});
