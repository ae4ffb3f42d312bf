import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { ISSUER } from '../../src/identity/issuer/testing/issuer-world.ts';
import type { FederateConnection } from '../../src/leases/engines/federate/connection.ts';
import type { FederateRole } from '../../src/leases/engines/federate/role.ts';
import { federateEngine } from '../../src/leases/engines/federate.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';
import { type FederateWorld, openFederateWorld, TARGET } from './federate-world.ts';

const textOf = (value: Output[string] | undefined) => (value instanceof Secret ? value.text : '');

async function logIn({ provider }: FederateWorld, output: Output) {
  const use = async () => {
    if (!(await provider.introspect(textOf(output['accessToken']))).active) throw new Error('the token is not good');
  };
  await use();
  return { use, close: async () => {} };
}

const connectionTo = ({ provider }: FederateWorld, more: Partial<FederateConnection> = {}): FederateConnection => ({
  ...federateEngine.connection.initial,
  tokenUrl: provider.tokenUrl,
  audience: TARGET,
  oidcRole: 's3',
  grant: 'token-exchange',
  clientId: provider.clientId,
  tlsCa: provider.ca,
  internal: true,
  ...more,
});

describe.for(['token-exchange', 'jwt-bearer'] as const)('at a real OAuth server, by %s', (grant) => {
  conformanceSuite({
    engine: federateEngine,
    waitsForEnd: true,
    async start() {
      const world = await openFederateWorld();
      const connection = connectionTo(world, { grant });
      return {
        connection,
        role: { scope: 'models.read' },
        identityTokens: world.identityTokens,
        // The role of the issuer does not name it.
        powerless: { ...connection, audience: 'https://else.test' },
        nobody: { ...connection, tokenUrl: 'https://localhost:1/token' },
        logIn: (output) => logIn(world, output),
        stop: world.stop,
      };
    },
  });
});

describe('a token of a real OAuth server', () => {
  let world: FederateWorld;
  beforeAll(async () => {
    world = await openFederateWorld();
  });
  afterAll(() => world.stop());

  const on = () => ({
    network: nodeNetwork,
    clock: systemClock,
    random: systemRandom,
    identityTokens: world.identityTokens,
  });
  const targetOf = (more: Partial<FederateConnection> = {}) => federateEngine.open(connectionTo(world, more), on());
  function issue(more: Partial<FederateConnection> = {}, role: Partial<FederateRole> = {}, lease = newLease()) {
    const settings = { ...federateEngine.role.initial, ...role };
    return targetOf(more).create({ lease, role: settings, material: {}, handle: undefined }, within(20_000));
  }

  test('is given for who the workload is, to a token that ends with the lease, and has the scope of the role', async () => {
    const lease = newLease(600_000);
    const { output, expiresAt, handle } = await issue({}, { scope: 'models.read' }, lease);
    const shown = world.provider.shown.at(-1);
    expect(shown).toMatchObject({ iss: ISSUER, sub: world.subject, aud: TARGET, jti: handle.identityTokenId });
    expect(Math.abs(Number(shown?.exp) * 1000 - lease.expiresAt)).toBeLessThanOrEqual(1000);
    expect(Math.abs(Number(expiresAt) - lease.expiresAt)).toBeLessThanOrEqual(2000);
    expect(output).toMatchObject({ tokenType: 'Bearer', scope: 'models.read' });
    expect(await world.provider.introspect(textOf(output['accessToken']))).toMatchObject({ active: true, scope: 'models.read' });
  });

  test('is all that is given: what was shown for it stays here, and each was shown once', async () => {
    const before = world.signed.length;
    const results = await Promise.all([issue(), issue(), issue()]);
    const signed = world.signed.slice(before).map(({ text }) => text);
    expect(new Set(signed).size).toBe(3);
    for (const { output, handle } of results) {
      const given = JSON.stringify([
        handle,
        Object.values(output).map((value) => (value instanceof Secret ? value.text : value)),
      ]);
      for (const text of signed) expect(given).not.toContain(text);
      expect(JSON.stringify(output)).toContain('"accessToken":"[redacted]"');
    }
  });

  test('is refused where the server does not believe: the error says who was shown, and holds nothing that was signed', async () => {
    const error: Error = await issue({ audience: 'https://s3.test' }).then(
      () => new Error('it was given'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain('400 invalid_grant');
    expect(error.message).toContain(`sub=${world.subject}`);
    const [, payload = '', signature = ''] = world.signed.at(-1)?.text.split('.') ?? [];
    expect(payload).not.toBe('');
    for (const part of [payload, signature]) expect(error.message).not.toContain(part);
  });

  test('is not asked for once the session of the workload is over', async () => {
    const shown = world.provider.shown.length;
    const over = { ...on(), identityTokens: { ...world.identityTokens, sign: signOver(world) } };
    const target = federateEngine.open(connectionTo(world), over);
    const ref = { lease: newLease(), role: federateEngine.role.initial, material: {}, handle: undefined };
    await expect(target.create(ref, within(5000))).rejects.toMatchObject({ kind: 'refused' });
    expect(world.provider.shown.length).toBe(shown);
  });

  test('is refused to a client that the server does not know', async () => {
    await expect(issue({ clientId: 'somebody' })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('invalid_client'),
    });
  });

  test('is not asked for at an endpoint whose certificate somebody else signed', async () => {
    const shown = world.provider.shown.length;
    await expect(issue({ tlsCa: selfSigned().cert })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('certificate'),
    });
    await expect(issue({ tlsCa: '' })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('certificate'),
    });
    await expect(issue({ internal: false })).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('network.address'),
    });
    expect(world.provider.shown.length).toBe(shown);
  });

  test('needs an endpoint that is one', async () => {
    const elsewhere = world.provider.tokenUrl.replace('/token', '/nothing');
    await expect(targetOf({ tokenUrl: elsewhere }).check([], within(5000))).rejects.toMatchObject({ kind: 'refused' });
  });
});

/** As identity does it for a session that has ended. */
const signOver =
  ({ issuer }: FederateWorld): FederateWorld['identityTokens']['sign'] =>
  (request) =>
    issuer.identity.signToken({ ...request, session: 'ended' });
