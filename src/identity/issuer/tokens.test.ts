import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../foundation/secret.ts';
import { signedWithPublicKey } from '../jwt/testing/raw-token.ts';
import { makeTestKey } from '../jwt/testing/test-issuer.ts';
import { ISSUER, IssuerWorld, kidOf } from './testing/issuer-world.ts';

let world: IssuerWorld;
beforeAll(async () => {
  world = await IssuerWorld.open();
  await world.configure({}, { audiences: ['sts.amazonaws.com'], workloadClaims: true });
});
afterAll(() => world[Symbol.asyncDispose]());

const signed = async (input: { audience?: string; ttl?: number; role?: string } = {}, as?: Secret) =>
  world.perform('issuer.token', { role: 's3', ...input }, as ?? (await world.workload()));

describe('a token for others', () => {
  test('verifies with the published keys alone, and says who, for whom, from whom and how long', async () => {
    const { token, clientId, ttl } = await signed();
    const claims = await world.verify(token);
    const now = Math.floor(world.now / 1000);
    expect(claims).toEqual({
      iss: ISSUER,
      sub: `${world.platform.mount.accessor}:${claims['workload'] && (claims['workload'] as { subject: string }).subject}`,
      aud: 'https://s3.test',
      iat: now,
      nbf: now,
      exp: now + 600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      namespace: 'root',
      workload: expect.objectContaining({ method: 'jwt', role: 'trainer', claims: expect.any(Object) }),
    });
    expect([clientId, ttl]).toEqual(['https://s3.test', 600]);
  });

  test('has an audience that the role allows, and only one', async () => {
    const { token } = await signed({ audience: 'sts.amazonaws.com' });
    expect((await world.verify(token, 'sts.amazonaws.com')).aud).toBe('sts.amazonaws.com');
    await expect(world.verify(token)).rejects.toThrow('aud');
  });

  test.each([
    'sts.amazonaws.com.evil.test',
    'sts.amazonaws.co',
    'https://s3.test/',
    'HTTPS://S3.TEST',
    'sts.amazonaws.com,https://s3.test',
    '*',
  ])('is not signed for the audience %s', async (audience) => {
    await expect(signed({ audience })).rejects.toMatchObject({ code: 'issuer.audience' });
  });

  test('lives no longer than the session that asks, and not at all once that is over', async () => {
    const short = await world.workload({ ttl: 100 });
    world.pass(40);
    const { token, ttl } = await signed({}, short);
    expect(ttl).toBe(60);
    expect((await world.verify(token)).exp).toBe(Math.floor(world.now / 1000) + 60);
    world.pass(60);
    await expect(signed({}, short)).rejects.toMatchObject({ code: 'access.token-invalid' });
    await expect(world.verify(token)).rejects.toThrow('exp');
    await world.workload({ ttl: 0 });
  });

  test('lives an hour at most unless the role says otherwise, and as short as asked', async () => {
    await world.configure({}, { ttl: 7200 });
    expect((await signed()).ttl).toBe(3600);
    await world.configure({}, { ttl: 7200, maxTtl: 7200 });
    expect((await signed()).ttl).toBe(7200);
    expect((await signed({ ttl: 30 })).ttl).toBe(30);
    expect((await signed({ ttl: 100_000 })).ttl).toBe(7200);
    await world.configure({}, { ttl: 600, maxTtl: 0 });
  });

  test('is given to nobody whose policies do not say so', async () => {
    const stranger = await world.workload({ policies: [] });
    await expect(signed({}, stranger)).rejects.toMatchObject({ code: 'access.denied' });
    await world.workload({ policies: ['federate'] });
  });

  test('speaks of a workload only where one logged in: bare tokens and children have no subject', async () => {
    await expect(signed({}, world.root)).rejects.toMatchObject({ code: 'issuer.subject' });
    await world.platform.on.world.setPolicy('parent', 'path "auth/token/create" { capabilities = ["update"] }');
    const parent = await world.workload({ policies: ['federate', 'parent'] });
    const { output } = await world.platform.on.perform(parent, 'token.create', { policies: ['federate'] });
    await expect(signed({}, output?.token)).rejects.toMatchObject({ code: 'issuer.subject' });
  });

  test('speaks of an entity only where the caller has one', async () => {
    await world.perform('issuer.roles.write', { name: 'person', key: 'signing' });
    await expect(signed({ role: 'person' }, world.root)).rejects.toThrow("no entity associated with the request's token");
  });

  test('is not signed with a key that does not name the role', async () => {
    await world.perform('issuer.keys.write', { name: 'other', algorithm: 'ES256', allowedClientIds: ['https://s3.test'] });
    await world.perform('issuer.roles.write', { name: 'foreign', key: 'other', clientId: 'foreign', subject: 'workload' });
    await expect(signed({ role: 'foreign' })).rejects.toThrow('does not list the client ID');
    await world.perform('issuer.keys.write', { name: 'other', allowedClientIds: [] });
    await expect(signed({ role: 'foreign' })).rejects.toThrow('does not list the client ID');
    await world.perform('issuer.keys.write', { name: 'other', allowedClientIds: ['foreign'] });
    await expect(signed({ role: 'foreign' })).resolves.toMatchObject({ clientId: 'foreign' });
  });

  test('stands in the log by its id, subject, audience and key, and nowhere itself', async () => {
    const { token } = await signed();
    const claims = await world.verify(token);
    const { records } = world.platform.on.world.audit;
    const record = records.findLast(({ operation }) => operation === 'issuer.token');
    expect(record).toMatchObject({
      outcome: 'success',
      facts: {
        role: 's3',
        issuedId: claims.jti,
        issuedSubject: claims.sub,
        issuedAudience: 'https://s3.test',
        keyId: kidOf(token),
      },
    });
    expect(JSON.stringify(records)).not.toContain(token.text.split('.')[2]);
  });
});

describe('an actor', () => {
  test('stands in the claim act where the role allows it', async () => {
    await world.configure({}, { delegation: true });
    const [caller, actor] = [await world.workload(), await world.workload({}, 'job:orchestrator')];
    const { token } = await world.perform('issuer.token', { role: 's3', actor }, caller);
    const { sub, act } = await world.verify(token);
    expect(act).toEqual({ sub: expect.stringContaining('orchestrator') });
    expect(sub).toContain('trainer');
  });

  test('is refused where the role does not allow it, and where his token is none', async () => {
    const actor = await world.workload({}, 'job:orchestrator');
    const limited = await world.workload({ uses: 3 }, 'job:orchestrator');
    const elsewhere = Secret.fromText(`${actor.text.slice(0, -1)}x`);
    const caller = await world.workload({ uses: 0 });
    const ask = (named: Secret) => world.perform('issuer.token', { role: 's3', actor: named }, caller);
    await expect(ask(limited)).rejects.toMatchObject({ code: 'issuer.actor' });
    await expect(ask(elsewhere)).rejects.toMatchObject({ code: 'issuer.actor' });
    await expect(ask(world.root)).rejects.toMatchObject({ code: 'issuer.actor' });
    await world.configure({}, { delegation: false });
    await expect(ask(actor)).rejects.toMatchObject({ code: 'issuer.actor' });
  });
});

describe('introspection', () => {
  const active = async (token: Secret, clientId?: string) =>
    (await world.perform('issuer.introspect', { token, clientId })).active;

  test('knows a token of ours, for its audience, until it expires', async () => {
    const { token } = await signed({ ttl: 60 });
    expect([await active(token), await active(token, 'https://s3.test'), await active(token, 'another')]).toEqual([
      true,
      true,
      false,
    ]);
    world.pass(60);
    expect(await active(token)).toBe(false);
  });

  test('knows no token of anybody else, however it was made', async () => {
    const { token } = await signed();
    const { keys } = await world.keySet();
    const published = keys.find(({ kid }) => kid === kidOf(token));
    const own = await makeTestKey('own', 'ES256');
    const claims = { ...(await world.verify(token)) };
    const forge = (header: object) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(own.privateKey)
        .then(Secret.fromText);
    const now = Math.floor(world.now / 1000);
    const foreign = await world.platform.sign({ sub: 'x', aud: 'https://s3.test', iss: ISSUER, nbf: now, jti: 'x' });
    const [head = '', body = '', signature = ''] = token.text.split('.');
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', kid: kidOf(token) })).toString('base64url');
    const forgeries = [
      foreign,
      await forge({ kid: kidOf(token) }),
      await forge({ kid: kidOf(token), jwk: own.jwk }),
      await forge({}),
      signedWithPublicKey({ alg: 'HS256', kid: kidOf(token) }, claims, JSON.stringify(published)),
      Secret.fromText(`${unsigned}.${body}.`),
      Secret.fromText(`${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url')}.${signature}`),
      Secret.fromText(`${head}.${body}`),
      Secret.fromText('x'.repeat(20_000)),
      await world.workload(),
    ];
    for (const forgery of forgeries) expect(await active(forgery)).toBe(false);
  });

  test('does not know a token of the issuer by another name', async () => {
    const { token } = await signed();
    await world.perform('issuer.config.write', { issuer: 'https://elsewhere.test' });
    expect(await active(token)).toBe(false);
    await world.perform('issuer.config.write', { issuer: '' });
    expect(await active(token)).toBe(true);
  });
});
