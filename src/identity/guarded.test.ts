import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../foundation/secret.ts';
import { printWithSecrets } from '../foundation/secret-json.ts';
import { type GuardedIdentity, openGuardedIdentity } from './testing/guarded.ts';

let on: GuardedIdentity;
beforeEach(async () => {
  on = await openGuardedIdentity();
});
afterEach(() => on[Symbol.asyncDispose]());

async function make(policies: string[], uses = 0): Promise<Secret> {
  const { output } = await on.perform(on.root, 'token.create', { policies, uses });
  return output?.token as Secret;
}
const denied = { code: 'access.denied' };
const invalid = { code: 'access.token-invalid' };
const self = 'path "auth/token/lookup-self" { capabilities = ["read"] }';

describe('tokens behind the door', () => {
  it('may do what their policies say, and what needs sudo only with it', async () => {
    await on.world.setPolicy('maker', `${self}\npath "auth/token/create" { capabilities = ["update"] }`);
    const maker = await make(['maker']);
    await expect(on.perform(maker, 'token.accessors', {})).rejects.toMatchObject(denied);
    await expect(on.perform(maker, 'token.create', { noParent: true })).rejects.toMatchObject({ code: 'token.invalid' });
    await on.world.setPolicy('maker', `${self}\npath "auth/token/create" { capabilities = ["update", "sudo"] }`);
    expect((await on.perform(maker, 'token.create', { noParent: true, policies: ['x'] })).output).toMatchObject({
      orphan: true,
      policies: ['default', 'x'],
    });
    await expect(on.perform(maker, 'token.create', { policies: ['root'] })).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it('with one use answer one of 50 requests at once, and a refusal takes the use too', async () => {
    await on.world.setPolicy('self', self);
    const once = await make(['self'], 1);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => on.perform(once, 'token.lookup-self', {})));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const another = await make(['self'], 1);
    await expect(on.perform(another, 'token.accessors', {})).rejects.toMatchObject(denied);
    await expect(on.perform(another, 'token.lookup-self', {})).rejects.toMatchObject(invalid);
  });

  it('leave no trace of themselves or of what was said of them in the log', async () => {
    const { output } = await on.perform(on.root, 'token.create', { displayName: 'canary-name', metadata: { k: 'canary-value' } });
    const token = output?.token as Secret;
    await on.perform(on.root, 'token.lookup', { token });
    await on.perform(on.root, 'token.renew', { token }).catch(() => {});
    await on.perform(on.root, 'token.revoke', { token });
    const log = printWithSecrets(on.world.audit.records).toString();
    for (const canary of [token.text, on.root.text, 'canary-name', 'canary-value']) {
      expect(log.includes(canary) || log.includes(Buffer.from(canary).toString('base64'))).toBe(false);
    }
    expect(log).toContain(output?.accessor);
  });
});

describe('a wrapping token behind the door', () => {
  it('opens its answer and can do nothing else', async () => {
    const { wrapped } = await on.perform(on.root, 'token.create', { policies: ['a'] }, 60);
    const token = wrapped?.token as Secret;
    const unwrapped = await on.perform(token, 'wrapping.unwrap', {});
    expect(unwrapped.output).toMatchObject({ operation: 'token.create', output: { accessor: wrapped?.wrappedAccessor } });
    const another = (await on.perform(on.root, 'wrapping.wrap', { data: {} }, 60)).wrapped?.token as Secret;
    await expect(on.perform(another, 'token.lookup-self', {})).rejects.toMatchObject(denied);
    await expect(on.perform(another, 'wrapping.unwrap', {})).rejects.toMatchObject(invalid);
  });

  it('opens its answer for exactly one of 50 at once', async () => {
    await on.world.setPolicy('reader', 'path "sys/wrapping/unwrap" { capabilities = ["update"] }');
    const reader = await make(['reader']);
    const token = (await on.perform(on.root, 'wrapping.wrap', { data: { a: 1 } }, 60)).wrapped?.token as Secret;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0 ? on.perform(token, 'wrapping.unwrap', {}) : on.perform(reader, 'wrapping.unwrap', { token }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is looked up by anybody who has it, and by nobody without', async () => {
    const token = (await on.perform(on.root, 'wrapping.wrap', { data: {} }, 60)).wrapped?.token as Secret;
    expect((await on.perform(undefined, 'wrapping.lookup', { token })).output).toMatchObject({ creationTtl: 60 });
    await expect(on.perform(undefined, 'wrapping.lookup', {})).rejects.toMatchObject({ code: 'wrapping.invalid' });
  });
});
