import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WrapInfo } from '../access/door-contract.ts';
import { type JsonObject, parseExactJson } from '../foundation/exact-json.ts';
import type { Secret } from '../foundation/secret.ts';
import { NOW, openTestIdentity, SECOND, type TestIdentity } from './testing/identity.ts';

let on: TestIdentity;
let other: Secret;
beforeEach(async () => {
  on = await openTestIdentity();
  other = await make(['default']);
});
afterEach(() => on[Symbol.asyncDispose]());

async function make(policies: string[]): Promise<Secret> {
  const { output } = await on.perform(on.root, 'token.create', { policies });
  return output.token as Secret;
}

async function wrap(data: JsonObject = { a: 1 }, wrapTtl = 60): Promise<WrapInfo> {
  const { wrapped } = await on.perform(on.root, 'wrapping.wrap', { data }, { wrapTtl });
  return wrapped as WrapInfo;
}

const invalid = { code: 'wrapping.invalid' };
const answers = () => on.attack('select 1 from test_answer').length;

describe('a wrapped answer', () => {
  it('comes out as it went in, for the wrapping token itself', async () => {
    const { token } = await wrap({ a: [1, 'x', null] });
    const { output } = await on.perform(token, 'wrapping.unwrap', {});
    expect(output).toEqual({ operation: 'wrapping.wrap', output: { data: { a: [1, 'x', null] } } });
    expect(answers()).toBe(0);
  });

  it('comes out for another token that names the wrapping token', async () => {
    const { token } = await wrap();
    const { output } = await on.perform(other, 'wrapping.unwrap', { token });
    expect(output.output).toEqual({ data: { a: 1 } });
    expect(answers()).toBe(0);
    expect(await on.lives(token)).toBe(false);
  });

  it('comes out when the calling token names itself', async () => {
    const { token } = await wrap();
    expect((await on.perform(token, 'wrapping.unwrap', { token })).output.output).toEqual({ data: { a: 1 } });
  });

  it('comes out once', async () => {
    const { token } = await wrap();
    await on.perform(other, 'wrapping.unwrap', { token });
    await expect(on.perform(other, 'wrapping.unwrap', { token })).rejects.toMatchObject(invalid);
    await expect(on.perform(token, 'wrapping.unwrap', {})).rejects.toMatchObject({ code: 'access.token-invalid' });
    await expect(on.perform(undefined, 'wrapping.lookup', { token })).rejects.toMatchObject(invalid);
    await expect(on.perform(other, 'wrapping.rewrap', { token })).rejects.toMatchObject(invalid);
  });

  it.each([
    ['named in the body', (token: Secret) => on.perform(other, 'wrapping.unwrap', { token })],
    ['as the calling token', (token: Secret) => on.perform(token, 'wrapping.unwrap', {})],
    [
      'both ways, and rewrapped',
      (token: Secret, n: number) =>
        n % 3 === 0
          ? on.perform(token, 'wrapping.unwrap', {})
          : on.perform(other, n % 3 === 1 ? 'wrapping.unwrap' : 'wrapping.rewrap', { token }),
    ],
  ])('goes to exactly one of 50 at once, %s', async (_how, unwrap) => {
    const { token } = await wrap();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => unwrap(token, n)));
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals).toHaveLength(49);
    for (const { reason } of refusals) expect(['wrapping.invalid', 'access.token-invalid']).toContain(reason.code);
  });

  it('keeps the numbers and the look of what a caller wrapped', async () => {
    const text = '{"big":12345678901234567890,"exact":1.0,"mine":{"$secret":"aGVsbG8="},"__proto__":{"x":1}}';
    const { token } = await wrap(parseExactJson(text) as JsonObject);
    const { output } = await on.perform(other, 'wrapping.unwrap', { token });
    expect(JSON.stringify((output.output as { data: unknown }).data)).toBe(text);
  });

  it('keeps the Secrets of an answer', async () => {
    const { wrapped } = await on.perform(on.root, 'token.create', { policies: ['a'] }, { wrapTtl: 60 });
    const { token, wrappedAccessor, creationPath } = wrapped as WrapInfo;
    const { output } = await on.perform(token, 'wrapping.unwrap', {});
    const issued = output.output as { token: Secret; accessor: string };
    expect(output.operation).toBe('token.create');
    expect([issued.accessor, creationPath]).toEqual([wrappedAccessor, 'auth/token/create']);
    expect(await on.lives(issued.token)).toBe(true);
  });

  it('is gone after its time, for good', async () => {
    const { token } = await wrap({}, 5);
    on.clock.now += 5 * SECOND;
    await expect(on.perform(other, 'wrapping.unwrap', { token })).rejects.toMatchObject(invalid);
    await expect(on.perform(token, 'wrapping.unwrap', {})).rejects.toMatchObject({ code: 'access.token-invalid' });
    expect(await on.identity.removeExpired()).toBe(1);
    expect(answers()).toBe(0);
  });

  it('outlives the token that asked for it', async () => {
    const asker = await make(['a']);
    const { wrapped } = await on.perform(asker, 'token.lookup-self', {}, { wrapTtl: 60 });
    await on.perform(asker, 'token.revoke-self', {});
    expect(await on.lives((wrapped as WrapInfo).token)).toBe(true);
  });

  it('is no answer of data unless it is asked for wrapped', async () => {
    await expect(on.perform(on.root, 'wrapping.wrap', { data: {} })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('a wrapping token', () => {
  it('says where and when it was made to anybody who has it', async () => {
    const { token } = await wrap({}, 61);
    const facts = { creationPath: 'sys/wrapping/wrap', createdAt: NOW, creationTtl: 61 };
    on.clock.now += SECOND;
    expect((await on.perform(undefined, 'wrapping.lookup', { token })).output).toEqual(facts);
    expect((await on.perform(token, 'wrapping.lookup', {})).output).toEqual(facts);
    expect(await on.lives(token)).toBe(true);
  });

  it('is not what an ordinary token is', async () => {
    await expect(on.perform(undefined, 'wrapping.lookup', { token: other })).rejects.toMatchObject(invalid);
    await expect(on.perform(other, 'wrapping.unwrap', { token: on.root })).rejects.toMatchObject(invalid);
    await expect(on.perform(other, 'wrapping.unwrap', {})).rejects.toMatchObject(invalid);
    await expect(on.perform(other, 'wrapping.rewrap', { token: other })).rejects.toMatchObject(invalid);
    await expect(on.perform(undefined, 'wrapping.lookup', {})).rejects.toMatchObject(invalid);
  });

  it('opens no answer but its own', async () => {
    const [mine, another] = [await wrap(), await wrap({ another: 1 })];
    await expect(on.perform(mine.token, 'wrapping.unwrap', { token: another.token })).rejects.toMatchObject(invalid);
    expect((await on.perform(another.token, 'wrapping.unwrap', {})).output.output).toEqual({ data: { another: 1 } });
  });

  it('makes no tokens, and its answer is gone with its use whatever it was used for', async () => {
    const { token, accessor } = await wrap();
    await expect(on.perform(token, 'token.create', {})).rejects.toMatchObject({ code: 'token.invalid' });
    on.ended();
    await on.perform(token, 'token.lookup-self', {});
    expect(on.ended()).toEqual([accessor]);
    expect(answers()).toBe(0);
  });

  it('has one policy, which nobody can give to another token', async () => {
    const { token } = await wrap();
    const session = await on.authenticate(token);
    expect(session.principal).toMatchObject({ method: 'wrapping', policies: ['response-wrapping'] });
    expect(session).toMatchObject({ root: false, usesLeft: 1 });
    await expect(make(['response-wrapping'])).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it('is replaced by rewrapping, with the same answer, origin and time', async () => {
    const { wrapped } = await on.perform(on.root, 'token.create', { policies: ['a'] }, { wrapTtl: 90 });
    const old = wrapped as WrapInfo;
    on.clock.now += 30 * SECOND;
    const { output } = await on.perform(other, 'wrapping.rewrap', { token: old.token });
    expect(output).toMatchObject({
      ttl: 90,
      createdAt: NOW + 30 * SECOND,
      creationPath: 'auth/token/create',
      wrappedAccessor: old.wrappedAccessor,
    });
    await expect(on.perform(other, 'wrapping.unwrap', { token: old.token })).rejects.toMatchObject(invalid);
    const opened = await on.perform(other, 'wrapping.unwrap', { token: output.token });
    expect(opened.output.output).toMatchObject({ accessor: old.wrappedAccessor });
  });
});
