import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Secret } from '../../foundation/secret.ts';
import { compilePolicies, decide, parsePolicy } from '../../policy/index.ts';
import type { IssuedToken } from '../contract.ts';
import { EntityWorld } from './testing/entity-world.ts';

const AUDIENCE = 'https://watchword.test';
/** What an attacker would call himself, or have said of himself. */
const hostile: readonly string[] = [
  '*',
  '+',
  'ad*',
  '+/x',
  '/',
  'ada/',
  '/ada',
  'ada/x',
  'x/../ada',
  '.',
  '..',
  '../ada',
  './ada',
  '{{identity.entity.id}}',
  '{{',
  '}}',
  '{ada}',
  'ada\u0000',
  '\u0000ada',
  'ada\n',
  '\rada',
  'ada\t',
  'ada\u007f',
  '$&',
  '$1',
  '\\',
  'ada\\',
  '%2e%2e',
  'ada%2Fx',
  '%61da',
  'ADA',
  'ａｄａ',
  'ada ',
  ' ada',
  'ada\u200b',
  'ada\u2028',
  'ad\ud800a',
  '\udc00',
  'ada"] { capabilities = ["sudo"] } path "',
  'a\u0308da',
];

let on: EntityWorld;
let second: MountPoint;
beforeAll(async () => {
  on = await EntityWorld.open();
  second = await on.platform.on.mountMethod('jwt', 'second');
  const asRoot = { as: on.root };
  const config = { jwks: on.platform.jwks, boundIssuer: on.platform.issuer.issuer };
  await on.platform.on.performAt(second, 'jwt.config.write', config, asRoot);
  const role = {
    name: 'people',
    policies: ['people'],
    boundAudiences: [AUDIENCE],
    userClaim: 'sub',
    claimMappings: { team: 'team' },
  };
  await on.platform.on.performAt(second, 'jwt.roles.write', role, asRoot);
});
afterAll(() => on[Symbol.asyncDispose]());

const isRefused = (asked: Promise<unknown>) =>
  asked.then(
    () => false,
    ({ code }: { readonly code?: string }) => {
      expect(code).toMatch(/^(access\.denied|request\.invalid)$/);
      return true;
    },
  );
const read = (token: Secret, name: string) => on.perform('entities.read', { at: 'name', name }, token);
const grant = (path: string) => on.setPolicy('people', `path "identity/entity/name/${path}" { capabilities = ["read"] }`);

async function logInAt(mount: MountPoint, sub: string, team = 'red') {
  const jwt = await on.platform.sign({ sub, aud: AUDIENCE, team });
  const { output } = await on.platform.on.performAt(mount, 'jwt.login', { role: 'people', jwt });
  return output as IssuedToken & { token: Secret };
}

/** Some names no JWT brings in: then he has the name by an administrator. */
async function called(name: string): Promise<Secret> {
  const { token } = await on.logIn(name).catch(refusedName);
  if (token !== undefined) return token;
  const somebody = await on.logIn('somebody');
  const id = (await on.entity('somebody')).aliases[0]?.id ?? '';
  await on.perform('entity-aliases.write', { at: 'id', id, name });
  return somebody.token;
}

function refusedName(error: { readonly code?: string }): { readonly token?: undefined } {
  expect(error).toMatchObject({ code: 'login.refused' });
  on.platform.on.world.clock.time += 60_000;
  return {};
}

/** Everything near the victim's home that somebody may want to see. */
const wanted = ['home/ada', 'home/ada/x', 'home/eve', 'home/x', 'home/', 'home', 'ada', 'ada/x', 'x', 'root', 'home/*', 'home/+'];

describe('whoever names himself', () => {
  it.each(hostile)('%j by the name of his alias reaches what is his own alone', async (name) => {
    await grant(`home/{{identity.entity.aliases.${on.accessor}.name}}/*`);
    const ada = await on.logIn('ada');
    expect(await isRefused(read(ada.token, 'home/ada/x'))).toBe(false);
    const token = await called(name);
    for (const path of [...wanted, `home/${name}x`, `home/x${name}`])
      expect([path, await isRefused(read(token, path))]).toEqual([path, true]);
  });

  it.each(hostile)('%j by metadata of his login, or by what his platform says of him, reaches nothing else', async (team) => {
    for (const named of [`identity.entity.aliases.${on.accessor}.metadata.team`, 'workload.claims.team']) {
      await grant(`home/{{${named}}}/*`);
      const { token } = await on.logIn('eve', { team }).catch(refusedName);
      if (token === undefined) return;
      for (const path of wanted) expect([named, path, await isRefused(read(token, path))]).toEqual([named, path, true]);
    }
  });

  it.each(hostile)('%j by what administrators copied from him reaches nothing else', async (value) => {
    const { token, entityId } = await on.logIn('mallory');
    const id = (await on.entity('mallory')).aliases[0]?.id ?? '';
    await on.perform('entity-aliases.write', { at: 'id', id, customMetadata: { desk: value } });
    await on.perform('entities.write', { at: 'id', id: entityId, metadata: { desk: value } });
    for (const named of [`identity.entity.aliases.${on.accessor}.custom_metadata.desk`, 'identity.entity.metadata.desk']) {
      await grant(`home/{{${named}}}`);
      for (const path of wanted) expect([named, path, await isRefused(read(token, path))]).toEqual([named, path, true]);
    }
  });
});

describe('two mounts that know somebody by the same name', () => {
  const home = (mount: MountPoint) => `home/{{identity.entity.aliases.${mount.accessor}.name}}`;

  it('have two entities, neither of which reaches what is said of the other mount', async () => {
    const first = on.platform.mount;
    const [ada, other] = [await on.logIn('ada'), await logInAt(second, 'ada')];
    expect(other.entityId).not.toBe(ada.entityId);
    await grant(home(first));
    expect(await isRefused(read(ada.token, 'home/ada'))).toBe(false);
    for (const path of wanted) expect(await isRefused(read(other.token, path))).toBe(true);
    await grant(home(second));
    expect(await isRefused(read(other.token, 'home/ada'))).toBe(false);
    for (const path of wanted) expect(await isRefused(read(ada.token, path))).toBe(true);
  });

  it('are told apart by the entity as well, whatever is written of either', async () => {
    const [ada, other] = [await on.logIn('ada'), await logInAt(second, 'ada')];
    await grant('home/{{identity.entity.id}}');
    expect(await isRefused(read(ada.token, `home/${ada.entityId}`))).toBe(false);
    expect(await isRefused(read(other.token, `home/${ada.entityId}`))).toBe(true);
    await on.perform('entities.write', { at: 'id', id: ada.entityId, policies: ['of-ada'], metadata: { floor: '3' } });
    expect(await on.perform('token.lookup-self', {}, other.token).catch(() => null)).toBeNull();
    await on.setPolicy('people', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
    expect(await on.perform('token.lookup-self', {}, other.token)).toMatchObject({ identityPolicies: [] });
    await grant('home/{{identity.entity.metadata.floor}}');
    expect(await isRefused(read(ada.token, 'home/3'))).toBe(false);
    expect(await isRefused(read(other.token, 'home/3'))).toBe(true);
  });

  it('give no alias of one mount to the other by a word that contains its accessor', async () => {
    const first = on.platform.mount;
    await grant(home(first));
    const { token, entityId } = await logInAt(second, 'ada', `${first.accessor}.name`);
    const metadata = { [`aliases.${first.accessor}.name`]: 'ada', [`${first.accessor}.name`]: 'ada' };
    await on.perform('entities.write', { at: 'id', id: entityId, metadata });
    await on.group({ name: `aliases.${first.accessor}`, memberEntityIds: [entityId], metadata: { name: 'ada' } });
    for (const path of wanted) expect(await isRefused(read(token, path))).toBe(true);
  });
});

describe('a template', () => {
  const attribute = 'identity.entity.metadata.x';
  const piece = fc.oneof(
    fc.constantFrom(...hostile, 'ada', 'deny', '', '/', '//', '...'),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({ maxLength: 8 }),
  );
  const value = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
  const decided = (text: string, given: string, path: string) =>
    decide(compilePolicies([parsePolicy('p', text)], { [attribute]: given }), { path, capability: 'read' }).allowed;

  it('grants what has the value as it is, in one segment, and nothing else', () => {
    const text = `path "kv/{{${attribute}}}/a" { capabilities = ["read"] } path "kv/t-{{${attribute}}}/*" { capabilities = ["read"] }`;
    const segment = fc.oneof(value, fc.constantFrom('a', 't-ada', 't-', 'kv'));
    const path = fc.array(segment, { maxLength: 3 }).map((parts) => ['kv', ...parts].join('/'));
    const near = fc
      .tuple(value, path)
      .chain(([given, other]) => fc.constantFrom(`kv/${given}/a`, `kv/t-${given}/b/c`, other).map((asked) => ({ given, asked })));
    fc.assert(
      fc.property(near, ({ given, asked }) => {
        if (!decided(text, given, asked)) return;
        expect(given).not.toMatch(/[/*+{}]|^\.{0,2}$/);
        expect(asked === `kv/${given}/a` || asked.startsWith(`kv/t-${given}/`)).toBe(true);
      }),
      { numRuns: 2_000, seed: 5 },
    );
    expect(decided(text, 'ada', 'kv/ada/a')).toBe(true);
    expect(decided(text, 'ada', 'kv/t-ada/b/c')).toBe(true);
  });

  it('in a deny takes away at least what has the value, whatever the value is', () => {
    const text = `path "kv/*" { capabilities = ["read"] } path "kv/{{${attribute}}}/*" { capabilities = ["deny"] }`;
    fc.assert(
      fc.property(value, (given) => {
        expect(decided(text, given, `kv/${given}/a`)).toBe(false);
      }),
      { numRuns: 1_000, seed: 6 },
    );
    expect(decided(text, 'ada', 'kv/eve/a')).toBe(true);
  });
});
