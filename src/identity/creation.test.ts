import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import { Secret } from '../foundation/secret.ts';
import type { IssuedToken, TokenRequest, TokenRole } from './contract.ts';
import { NOW, openTestIdentity, SECOND, type TestIdentity } from './testing/identity.ts';

let on: TestIdentity;
beforeEach(async () => {
  on = await openTestIdentity();
});
afterEach(() => on[Symbol.asyncDispose]());

type Made = IssuedToken & { readonly token: Secret };
async function create(request: TokenRequest = {}, caller = on.root): Promise<Made> {
  return (await on.perform(caller, 'token.create', request)).output as Made;
}
const lookup = async (token: Secret) => (await on.perform(on.root, 'token.lookup', { token })).output;
const refused = { code: 'token.invalid' };
const writeRole = (role: string, fields: Partial<TokenRole>) => on.perform(on.root, 'token.roles.write', { role, ...fields });
const createWith = async (role: string, request: TokenRequest = {}, caller = on.root) => {
  const done = await on.perform(caller, 'token.create-with-role', { role, ...request });
  return { ...(done.output as Made), warnings: done.warnings };
};

describe('making a token', () => {
  it('warns of policies that do not exist', async () => {
    const { warnings } = await on.perform(on.root, 'token.create', { policies: ['ghost'] });
    expect(warnings).toEqual(['Policy "default" does not exist', 'Policy "ghost" does not exist']);
  });

  it('needs sudo for an orphan and for a period, and root for an id of its own', async () => {
    const plain = await create({ policies: ['a'] });
    for (const request of [{ noParent: true }, { period: 60 }, { id: Secret.fromText('chosen') }]) {
      await expect(create(request, plain.token)).rejects.toMatchObject(refused);
    }
    on.sudoers.add(plain.accessor);
    expect(await create({ noParent: true }, plain.token)).toMatchObject({ orphan: true });
    expect(await create({ period: 60 }, plain.token)).toMatchObject({ ttl: 60 });
    await expect(create({ id: Secret.fromText('chosen') }, plain.token)).rejects.toMatchObject(refused);
  });

  it('as an orphan by the path for it needs no sudo, since policies can grant that path', async () => {
    const plain = await create({ policies: ['a'] });
    const { output } = await on.perform(plain.token, 'token.create-orphan', {});
    expect(output).toMatchObject({ orphan: true, policies: ['a', 'default'] });
    expect(await lookup(output.token as Secret)).toMatchObject({ path: 'auth/token/create-orphan' });
  });

  it('with a chosen id gives that token, once', async () => {
    const id = Secret.fromText('chosen');
    const made = await create({ id, policies: ['a'] });
    expect(made.token.text).toBe('chosen');
    expect(await on.lives(Secret.fromText('chosen'))).toBe(true);
    await expect(create({ id })).rejects.toMatchObject(refused);
    await expect(create({ id: Secret.fromText('wws_mine') })).rejects.toMatchObject(refused);
  });

  it('that is root is for root alone, and from one that ends only with an end', async () => {
    const plain = await create({ policies: ['a'] });
    on.sudoers.add(plain.accessor);
    await expect(create({ policies: ['root'] }, plain.token)).rejects.toMatchObject(refused);
    const ending = await create({ ttl: 60 });
    expect(ending).toMatchObject({ policies: ['root'], ttl: 60, renewable: true });
    await expect(create({}, ending.token)).rejects.toMatchObject(refused);
    expect(await create({ ttl: 60 }, ending.token)).toMatchObject({ ttl: 60 });
    expect(await create({})).toMatchObject({ policies: ['root'], ttl: 0, renewable: false });
    expect(await create({ explicitMaxTtl: 90 })).toMatchObject({ ttl: 90 });
  });

  it('refuses batch tokens, unknown types and entity aliases by name', async () => {
    for (const request of [{ type: 'batch' }, { type: 'x' }, { entityAlias: 'x' }]) {
      await expect(create(request)).rejects.toMatchObject(refused);
    }
    expect(await create({ type: 'service', policies: ['a'] })).toBeDefined();
  });

  it('refuses negative numbers and metadata without bounds', async () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v']));
    for (const request of [
      { ttl: -1 },
      { period: -1 },
      { explicitMaxTtl: -1 },
      { uses: -1 },
      { metadata: many },
      { uses: 1.5 },
    ]) {
      await expect(create(request)).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });

  it('caps its time at the maximum of the mount, with a warning', async () => {
    const { output, warnings } = await on.perform(on.root, 'token.create', { policies: ['a'], ttl: SYSTEM_MAX_TTL * 2 });
    expect(output.ttl).toBe(SYSTEM_MAX_TTL);
    expect(warnings[0]).toContain('exceeded the effective max_ttl');
    const tuned = await on.perform(on.root, 'token.create', { policies: ['a'] }, { config: { defaultTtl: 10, maxTtl: 20 } });
    expect(tuned.output.ttl).toBe(10);
  });

  it('below a bound token binds the child to the same networks', async () => {
    await writeRole('bound', { boundCidrs: ['10.0.0.0/8'] });
    const bound = await createWith('bound', { policies: ['a'] });
    expect((await on.authenticate(bound.token, '10.1.1.1')).principal.session).toBe(bound.accessor);
    expect((await on.authenticate(bound.token, '::ffff:10.1.1.1')).principal.session).toBe(bound.accessor);
    await expect(on.authenticate(bound.token, '192.0.2.1')).rejects.toMatchObject({ code: 'access.token-invalid' });
    const child = await on.perform(bound.token, 'token.create', {}, { address: '10.1.1.1' });
    expect(await lookup(child.output.token as Secret)).toMatchObject({ boundCidrs: ['10.0.0.0/8'] });
    const { reader } = on.storage;
    expect((await on.identity.authenticator.inspect(bound.token, reader)).principal.session).toBe(bound.accessor);
  });
});

describe('renewing a token', () => {
  it('gives what is asked, or as much as before, up to the maximum counted from its creation', async () => {
    const made = await create({ policies: ['a'], ttl: 100, explicitMaxTtl: 250 });
    on.clock.now += 50 * SECOND;
    expect((await on.perform(made.token, 'token.renew-self', {})).output.ttl).toBe(100);
    expect((await on.perform(on.root, 'token.renew', { token: made.token, increment: 30 })).output.ttl).toBe(30);
    const capped = await on.perform(on.root, 'token.renew-accessor', { accessor: made.accessor, increment: 1000 });
    expect(capped.output).toMatchObject({ ttl: 200, token: undefined });
    expect(capped.warnings).toHaveLength(1);
    expect(await lookup(made.token)).toMatchObject({ renewedAt: NOW + 50 * SECOND, creationTtl: 100, ttl: 200 });
    on.clock.now = NOW + 250 * SECOND;
    expect(await on.lives(made.token)).toBe(false);
  });

  it('that is periodic goes on for ever, period by period', async () => {
    const made = await create({ policies: ['a'], period: 60 });
    for (let n = 0; n < 100; n++) {
      on.clock.now += 59 * SECOND;
      expect((await on.perform(made.token, 'token.renew-self', { increment: 7 })).output.ttl).toBe(60);
    }
    on.clock.now += 60 * SECOND;
    expect(await on.lives(made.token)).toBe(false);
  });

  it('is refused where it is not renewable or not there', async () => {
    const fixed = await create({ policies: ['a'], renewable: false });
    await expect(on.perform(fixed.token, 'token.renew-self', {})).rejects.toMatchObject({
      ...refused,
      message: 'lease is not renewable',
    });
    await expect(on.perform(on.root, 'token.renew-self', {})).rejects.toMatchObject(refused);
    await expect(on.perform(on.root, 'token.renew', { token: Secret.fromText('nobody') })).rejects.toMatchObject(refused);
    await expect(on.perform(on.root, 'token.renew-accessor', { accessor: 'nobody' })).rejects.toMatchObject(refused);
  });
});

describe('a role', () => {
  it('keeps what it is not told to change', async () => {
    await writeRole('r', { allowedPolicies: ['B', 'a'], period: 60, renewable: false });
    await writeRole('r', { orphan: true });
    expect((await on.perform(on.root, 'token.roles.read', { role: 'r' })).output).toMatchObject({
      name: 'r',
      allowedPolicies: ['a', 'b'],
      period: 60,
      renewable: false,
      orphan: true,
      type: 'default-service',
    });
    expect((await on.perform(on.root, 'token.roles.list', {})).output).toEqual({ keys: ['r'] });
    await on.perform(on.root, 'token.roles.delete', { role: 'r' });
    await on.perform(on.root, 'token.roles.delete', { role: 'r' });
    expect((await on.perform(on.root, 'token.roles.read', { role: 'r' })).output).toBeNull();
    expect((await on.perform(on.root, 'token.roles.list', {})).output).toBeNull();
  });

  it('decides over policies, orphanhood, path, time and uses of its tokens', async () => {
    await writeRole('r', {
      allowedPolicies: ['x'],
      orphan: true,
      pathSuffix: 'v1',
      explicitMaxTtl: 500,
      uses: 3,
      renewable: false,
    });
    const caller = await create({ policies: ['a'] });
    const made = await createWith('r', { ttl: 1000, uses: 9 }, caller.token);
    expect(made).toMatchObject({ policies: ['default', 'x'], orphan: true, ttl: 500, usesLeft: 3, renewable: false });
    expect(await lookup(made.token)).toMatchObject({ path: 'auth/token/create/r/v1', role: 'r', explicitMaxTtl: 500 });
    await expect(createWith('r', { policies: ['a'] }, caller.token)).rejects.toMatchObject(refused);
    await expect(createWith('nobody')).rejects.toMatchObject(refused);
  });

  it('gives periodic tokens to callers without sudo; the lesser period counts, and a change counts with the next renewal', async () => {
    await writeRole('r', { period: 100 });
    const caller = await create({ policies: ['a'] });
    const made = await createWith('r', {}, caller.token);
    expect(made.ttl).toBe(100);
    const both = await createWith('r', { period: 50 });
    expect([both.ttl, both.warnings.some((warning) => warning.startsWith('Period specified both'))]).toEqual([50, true]);
    await writeRole('r', { period: 200 });
    expect((await on.perform(made.token, 'token.renew-self', {})).output.ttl).toBe(200);
    await on.perform(on.root, 'token.roles.delete', { role: 'r' });
    await expect(on.perform(made.token, 'token.renew-self', {})).rejects.toMatchObject(refused);
    expect(await on.lives(made.token)).toBe(true);
  });

  it('is refused with a batch type, a suffix that climbs, or no network', async () => {
    for (const fields of [{ type: 'batch' }, { type: 'default-batch' }, { type: 'x' }, { boundCidrs: ['10.0.0.0/99'] }]) {
      await expect(writeRole('r', fields)).rejects.toMatchObject(refused);
    }
    for (const pathSuffix of ['../x', 'a..b', '/x', 'x/', 'a b']) {
      await expect(writeRole('r', { pathSuffix })).rejects.toMatchObject({ code: 'request.invalid' });
    }
    await writeRole('r', { type: 'service' });
    expect(await createWith('r', { type: 'batch', policies: ['a'] })).toBeDefined();
  });
});
