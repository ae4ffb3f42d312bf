import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../foundation/secret.ts';
import type { IssuedToken, TokenRequest } from './contract.ts';
import { openTestIdentity, SECOND, type TestIdentity } from './testing/identity.ts';

/** Everything here is done by somebody who can write to the database, but has no key. */
let on: TestIdentity;
beforeEach(async () => {
  on = await openTestIdentity();
});
afterEach(() => on[Symbol.asyncDispose]());

type Made = IssuedToken & { readonly token: Secret };
type Row = Record<string, string | number | Uint8Array | null>;
async function create(request: TokenRequest = {}, caller = on.root): Promise<Made> {
  return (await on.perform(caller, 'token.create', { policies: ['a'], ...request })).output as Made;
}
const rowOf = ({ accessor }: { accessor: string }) => on.attack('select * from token where accessor = ?', accessor)[0] as Row;
const set = (column: string, value: string | number | Uint8Array | null, { accessor }: { accessor: string }) =>
  on.attack(`update token set ${column} = ? where accessor = ?`, value, accessor);
function restore(row: Row): void {
  const columns = Object.keys(row);
  on.attack(
    `insert or replace into token (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    ...Object.values(row),
  );
}
const revoke = ({ token }: Made) => on.perform(on.root, 'token.revoke', { token });
const tampered = { code: 'keyring.tampered' };

describe('a sealed token', () => {
  it('put in the row of another opens nothing', async () => {
    const weak = await create();
    const root = (await on.authenticate(on.root)).principal.session;
    await on.authenticate(weak.token);
    set('sealed', rowOf({ accessor: root }).sealed ?? null, weak);
    await expect(on.authenticate(weak.token)).rejects.toMatchObject(tampered);
    await expect(on.perform(on.root, 'token.lookup-accessor', { accessor: weak.accessor })).rejects.toMatchObject(tampered);
  });

  it('with one bit changed opens nothing, although it was opened before', async () => {
    const made = await create();
    await on.authenticate(made.token);
    const { sealed } = rowOf(made);
    const changed = Uint8Array.from(sealed as Uint8Array);
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    set('sealed', changed, made);
    await expect(on.authenticate(made.token)).rejects.toMatchObject(tampered);
  });

  it('under the hash of another token opens nothing', async () => {
    const [mine, theirs] = [await create(), await create()];
    const hash = rowOf(theirs).token_hash ?? null;
    on.attack('delete from token where token_hash = ?', hash);
    set('token_hash', hash, mine);
    await expect(on.authenticate(theirs.token)).rejects.toMatchObject(tampered);
  });
});

describe('a changed column', () => {
  it('of the expiry lets nothing live longer, and its repair kills nothing', async () => {
    const made = await create({ ttl: 10 });
    set('expires_at', null, made);
    on.clock.now += 10 * SECOND;
    expect(await on.lives(made.token)).toBe(false);
    const living = await create({ ttl: 3600 });
    set('expires_at', 1, living);
    await on.identity.removeExpired();
    expect(await on.lives(living.token)).toBe(true);
    expect(rowOf(living).expires_at).toBe(on.clock.now + 3600 * SECOND);
  });

  it.each([null, 'nobody'])('of the parent (%s) frees no child from its parent', async (value) => {
    const parent = await create();
    const child = await create({}, parent.token);
    const grandchild = await create({}, child.token);
    const before = rowOf(child).parent_hash ?? null;
    set('parent_hash', value, child);
    expect(await on.lives(child.token)).toBe(true);
    await revoke(parent);
    expect(on.ended()).toEqual([parent.accessor]);
    expect([await on.lives(child.token), await on.lives(grandchild.token)]).toEqual([false, false]);
    set('parent_hash', before, child);
    expect(await on.lives(grandchild.token)).toBe(false);
    // Now that the column leads nowhere, tidying ends what was hidden.
    await on.perform(on.root, 'token.tidy', {});
    expect(on.ended()).toEqual([child.accessor, grandchild.accessor].sort());
  });

  it('of the parent that names another living token changes nothing', async () => {
    const [parent, other] = [await create(), await create()];
    const child = await create({}, parent.token);
    set('parent_hash', rowOf(other).token_hash ?? null, child);
    expect(await on.lives(child.token)).toBe(true);
    await revoke(other);
    expect(on.ended()).toEqual([other.accessor]);
    expect(await on.lives(child.token)).toBe(true);
    await revoke(parent);
    expect(on.ended()).toEqual([parent.accessor, child.accessor].sort());
  });

  it('that makes a circle does not keep revocation busy for ever', async () => {
    const parent = await create();
    const child = await create({}, parent.token);
    set('parent_hash', rowOf(child).token_hash ?? null, parent);
    await revoke(parent);
    expect(on.ended()).toEqual([parent.accessor, child.accessor].sort());
  });

  it('of the accessor leads nobody to another token', async () => {
    const [mine, theirs] = [await create(), await create()];
    set('accessor', 'moved', theirs);
    set('accessor', theirs.accessor, mine);
    await expect(on.perform(on.root, 'token.lookup-accessor', { accessor: theirs.accessor })).rejects.toMatchObject(tampered);
    await expect(on.perform(on.root, 'token.revoke-accessor', { accessor: theirs.accessor })).rejects.toMatchObject(tampered);
  });
});

describe('a damaged row', () => {
  it('does not stand in the way of revoking what is above it', async () => {
    const parent = await create();
    const child = await create({}, parent.token);
    set('sealed', new Uint8Array(100), child);
    await revoke(parent);
    expect(on.ended()).toEqual([parent.accessor, child.accessor].sort());
  });

  it('is no orphan that lives on, but ends with its parent', async () => {
    const parent = await create();
    const [damaged, sound] = [await create({}, parent.token), await create({}, parent.token)];
    set('sealed', new Uint8Array(100), damaged);
    await on.perform(on.root, 'token.revoke-orphan', { token: parent.token });
    expect(on.ended()).toEqual([parent.accessor, damaged.accessor].sort());
    expect(await on.lives(sound.token)).toBe(true);
  });
});

describe('a row that was put back', () => {
  it('gives a child nothing while its parent stays revoked', async () => {
    const parent = await create();
    const child = await create({}, parent.token);
    const row = rowOf(child);
    await revoke(parent);
    restore(row);
    expect(await on.lives(child.token)).toBe(false);
  });

  /**
   * This is the limit of what rows can prove: nothing else in the database speaks of a revoked token or of a use taken.
   * It takes a state root outside the database to notice; the log says that the token was revoked.
   */
  it('after its own revocation or use is taken for the token it was', async () => {
    const made = await create({ noParent: true, uses: 2 });
    const row = rowOf(made);
    await on.perform(made.token, 'token.lookup-self', {});
    restore(row);
    expect((await on.authenticate(made.token)).usesLeft).toBe(2);
    await revoke(made);
    restore(row);
    expect(await on.lives(made.token)).toBe(true);
  });
});

describe('a role', () => {
  it('put in the place of another is refused', async () => {
    await on.perform(on.root, 'token.roles.write', { role: 'strong', allowedPolicies: ['x'] });
    await on.perform(on.root, 'token.roles.write', { role: 'weak', allowedPolicies: ['y'] });
    on.attack("update token_role set sealed = (select sealed from token_role where name = 'strong') where name = 'weak'");
    await expect(on.perform(on.root, 'token.create-with-role', { role: 'weak' })).rejects.toMatchObject(tampered);
    await expect(on.perform(on.root, 'token.roles.read', { role: 'weak' })).rejects.toMatchObject(tampered);
  });
});
