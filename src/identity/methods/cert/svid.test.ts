import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../../../foundation/secret.ts';
import { extension, generalName, type Made, makeAuthority } from '../../x509/testing/certificate-writer.ts';
import { type CertWorld, openCertWorld } from './testing/cert-world.ts';

let world: CertWorld;
let now: number;

beforeEach(async () => {
  world = await openCertWorld();
  now = world.on.world.clock.now();
});
afterEach(() => world[Symbol.asyncDispose]());

const usage = [extension.noAuthority(), extension.keyUsage(0)];
const withNames = (...names: readonly Buffer[]) => world.issue({ extensions: [...usage, extension.names(...names)] });

interface Given {
  readonly token: Secret;
  readonly metadata: Record<string, string>;
  readonly ttl: number;
  readonly policies: readonly string[];
}

async function logIn(shown: readonly Made[], name?: string): Promise<Given> {
  return (await world.logIn(shown, name)).output as unknown as Given;
}

const principal = () => world.on.world.audit.records.at(-1)?.principal;

async function refusal(shown: readonly Made[], name = 'train'): Promise<string | undefined> {
  await expect(world.logIn(shown, name)).rejects.toMatchObject({ code: 'login.refused' });
  return world.reason();
}

describe('an X.509-SVID', () => {
  const id = 'spiffe://acme.example/ns/ml/sa/trainer';
  const svid = (...names: readonly (string | Buffer)[]) =>
    withNames(...names.map((name) => (typeof name === 'string' ? generalName.uri(name) : name)));

  beforeEach(() => world.role({ spiffeTrustDomain: 'acme.example', allowedSpiffeIds: ['spiffe://acme.example/ns/ml/*'] }));

  it('is its workload, whatever its serial number and the names beside it', async () => {
    const given = await logIn([svid(id, generalName.dns('x'))]);
    expect(given.metadata).toMatchObject({ spiffe_id: id, trust_domain: 'acme.example' });
    expect(principal()).toMatchObject({ id });
  });

  it.each([
    ['two ids', [id, 'spiffe://acme.example/ns/ml/sa/other'], 'cert.spiffe-count'],
    ['no id', [generalName.dns('x')], 'cert.spiffe-count'],
    ['another trust domain', ['spiffe://evil.example/ns/ml/sa/trainer'], 'cert.trust-domain'],
    ['a longer trust domain', ['spiffe://acme.example.evil/ns/ml/sa/trainer'], 'cert.trust-domain'],
    ['a path beside the allowed one', ['spiffe://acme.example/ns/ml2/sa/trainer'], 'cert.spiffe-not-allowed'],
    ['the allowed path itself', ['spiffe://acme.example/ns/ml'], 'cert.spiffe-not-allowed'],
    ['the trust domain alone', ['spiffe://acme.example'], 'cert.spiffe-id'],
    ['a path that climbs', ['spiffe://acme.example/ns/ml/../admin'], 'cert.spiffe-id'],
    ['a percent-encoded path', ['spiffe://acme.example/ns/ml/%2e%2e/admin'], 'cert.spiffe-id'],
    ['a percent-encoded slash', ['spiffe://acme.example/ns%2Fml/x'], 'cert.spiffe-id'],
    ['an empty segment', ['spiffe://acme.example/ns//ml'], 'cert.spiffe-id'],
    ['a slash at its end', [`${id}/`], 'cert.spiffe-id'],
    ['a query', [`${id}?x=1`], 'cert.spiffe-id'],
    ['a port', ['spiffe://acme.example:8443/ns/ml/x'], 'cert.spiffe-id'],
    ['a user', ['spiffe://acme.example@evil.example/ns/ml/x'], 'cert.spiffe-id'],
    ['a scheme in capitals', ['SPIFFE://acme.example/ns/ml/x'], 'cert.spiffe-id'],
    ['a trust domain in capitals', ['spiffe://ACME.example/ns/ml/x'], 'cert.spiffe-id'],
    ['another scheme', ['https://acme.example/ns/ml/x'], 'cert.spiffe-id'],
    ['a wildcard', ['spiffe://acme.example/ns/ml/*'], 'cert.spiffe-id'],
  ])('with %s is refused', async (_what, names, reason) => {
    expect(await refusal([svid(...names)])).toBe(reason);
  });

  it('needs the key usage of one', async () => {
    const names = extension.names(generalName.uri(id));
    expect(await refusal([world.issue({ extensions: [names] })])).toBe('cert.spiffe-usage');
    expect(await refusal([world.issue({ extensions: [names, extension.keyUsage(0, 5)] })])).toBe('cert.spiffe-usage');
    expect(await refusal([world.issue({ extensions: [names, extension.keyUsage(0, 6)] })])).toBe('cert.spiffe-usage');
  });

  it('of this trust domain counts only from the authority of this trust domain', async () => {
    const foreign = makeAuthority('Evil', now);
    await world.role({ certificate: foreign.pem, spiffeTrustDomain: 'evil.example' }, 'foreign');
    const forged = world.issue({ extensions: [...usage, extension.names(generalName.uri(id))] }, foreign);
    expect(await refusal([forged], 'train')).toBe('x509.unknown-authority');
    expect(await refusal([forged], 'foreign')).toBe('cert.trust-domain');
  });
});
