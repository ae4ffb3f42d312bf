import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../foundation/secret.ts';
import { openTestIdentity, type TestIdentity } from './testing/identity.ts';

let on: TestIdentity;
beforeEach(async () => {
  on = await openTestIdentity();
});
afterEach(() => on[Symbol.asyncDispose]());

async function limited(uses: number) {
  const { output } = await on.perform(on.root, 'token.create', { policies: ['a'], uses });
  return { token: output.token as Secret, accessor: output.accessor };
}
const use = (token: Secret) => on.perform(token, 'token.lookup-self', {});
const invalid = { code: 'access.token-invalid' };

describe('a use-limited token', () => {
  it('counts its uses down, shows them, and ends with the last', async () => {
    const { token, accessor } = await limited(3);
    const seen = [];
    for (let n = 0; n < 3; n++) seen.push((await use(token)).output.usesLeft);
    expect(seen).toEqual([2, 1, -1]);
    await expect(use(token)).rejects.toMatchObject(invalid);
    expect(on.ended()).toEqual([accessor]);
    expect(on.attack('select 1 from token')).toHaveLength(1);
  });

  it.each([1, 5])('with %d uses serves exactly so many of 50 requests at once', async (uses) => {
    const { token, accessor } = await limited(uses);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => use(token)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(uses);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(invalid);
    expect(on.ended()).toEqual([accessor]);
  });

  it('cannot make children, nor get around that with its last use', async () => {
    for (const uses of [1, 2]) {
      const { token } = await limited(uses);
      await expect(on.perform(token, 'token.create', {})).rejects.toMatchObject({ code: 'token.invalid' });
      await expect(on.perform(token, 'token.create-orphan', {})).rejects.toMatchObject({ code: 'token.invalid' });
    }
  });

  it('may revoke itself with its last use', async () => {
    const { token } = await limited(1);
    await on.perform(token, 'token.revoke-self', {});
    expect(await on.lives(token)).toBe(false);
  });
});
