import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../../foundation/secret.ts';
import { extension, generalName, type Made, makeAuthority, purposes } from '../x509/testing/certificate-writer.ts';
import { type CertWorld, openCertWorld } from './cert/testing/cert-world.ts';

let world: CertWorld;
let now: number;

beforeEach(async () => {
  world = await openCertWorld();
  now = world.on.world.clock.now();
});
afterEach(() => world[Symbol.asyncDispose]());

const usage = [extension.noAuthority(), extension.keyUsage(0)];
const withNames = (...names: readonly Buffer[]) => world.issue({ extensions: [...usage, extension.names(...names)] });
const as = () => ({ as: world.on.root });

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

describe('a client', () => {
  it('logs in with a certificate of an authority that the role believes', async () => {
    const client = world.issue({ serial: Buffer.from([0x12, 0x34]) });
    const given = await logIn([client], 'train');
    expect(given.policies).toEqual(['default', 'features']);
    expect(given.metadata).toMatchObject({ cert_name: 'train', common_name: 'trainer', serial_number: '4660' });
    expect(principal()).toMatchObject({
      method: 'cert',
      displayName: 'train',
      id: expect.stringMatching(/^x509:[0-9a-f]{16}\/CN=trainer$/),
    });
  });

  it.each([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ] as const)('and its authority may have keys of sort %s', async (_sort, keys) => {
    const authority = makeAuthority('Other root', now, { keys: keys() });
    await world.role({ certificate: authority.pem });
    expect((await logIn([world.issue({ keys: keys() }, authority)])).policies).toContain('features');
  });

  it('may have authorities between, in any order and among others', async () => {
    const first = makeAuthority('Issuing 1', now, { below: world.root });
    const second = makeAuthority('Issuing 2', now, { below: first });
    const other = makeAuthority('Other', now);
    await logIn([world.issue({}, second), other, first, second], 'train');
    expect(principal()?.id).toMatch(/\/CN=Issuing 1\/CN=Issuing 2\/CN=trainer$/);
  });

  it('of one authority is not the client of the same name of another', async () => {
    const [team, other] = ['Team A', 'Team B'].map((name) => makeAuthority(name, now, { below: world.root }));
    await logIn([world.issue({}, team), team as Made]);
    const subject = principal()?.id;
    await logIn([world.issue({}, other), other as Made]);
    expect(principal()?.id).not.toBe(subject);
  });

  it('keeps its subject when its certificate is renewed, under another key and serial number', async () => {
    await logIn([world.issue()]);
    const subject = principal()?.id;
    await logIn([world.issue()]);
    expect(principal()?.id).toBe(subject);
  });

  it('cannot write itself into the name of another: what separates names is escaped', async () => {
    const between = makeAuthority('A', now, { below: world.root });
    await logIn([world.issue({ subject: [['CN', 'b']] }, between), between]);
    const subject = principal()?.id;
    await logIn([world.issue({ subject: [['CN', 'A/CN=b']] })]);
    expect(principal()?.id).not.toBe(subject);
  });

  it('gets no token that outlives a certificate of its path', async () => {
    const issuing = makeAuthority('Short', now, { below: world.root, notAfter: now + 600_000 });
    expect((await logIn([world.issue({}, issuing), issuing])).ttl).toBeLessThanOrEqual(600);
    expect((await logIn([world.issue({ notAfter: now + 300_000 })])).ttl).toBeLessThanOrEqual(300);
  });

  it('may bring a certificate of version 1, and one that is for any purpose', async () => {
    await logIn([world.issue({ version: 1, extensions: [] })]);
    await logIn([world.issue({ extensions: [extension.purposes(purposes.any)] })]);
    expect(principal()?.method).toBe('cert');
  });

  it('whose certificate itself is what the role believes logs in with that one alone', async () => {
    const self = makeAuthority('pinned', now, { extensions: usage });
    const twin = makeAuthority('pinned', now, { extensions: usage });
    await world.role({ certificate: self.pem });
    expect((await logIn([self])).policies).toContain('features');
    expect(await refusal([twin])).toBe('x509.unknown-authority');
    expect(await refusal([world.issue({}, self)])).toBe('x509.unknown-authority');
  });

  it('that names no role is admitted by the first that fits', async () => {
    await world.role({ allowedCommonNames: ['nobody'] }, 'a');
    await world.role({ allowedCommonNames: ['trainer'], policies: ['fits'] }, 'b');
    await world.role({ allowedCommonNames: ['nobody'] }, 'train');
    expect((await logIn([world.issue()])).metadata.cert_name).toBe('b');
    await expect(world.logIn([world.issue({ subject: [['CN', 'stranger']] })])).rejects.toMatchObject({ code: 'login.refused' });
    expect(world.reason()).toBe('cert.no-role');
  });

  it('is told of roles neither that one is unknown, nor that it admits others', async () => {
    expect(await refusal([world.issue()], 'unknown')).toBe('role.unknown');
    await world.on.performAt(world.mount, 'cert.roles.delete', { name: 'train' }, as());
    await expect(world.logIn([world.issue()])).rejects.toMatchObject({ code: 'login.refused' });
    expect(world.reason()).toBe('role.unknown');
  });
});

describe('a role', () => {
  const { dns, email, uri } = generalName;

  it.each([
    [
      { allowedNames: ['*.acme.example'] },
      () => withNames(dns('a.acme.example')),
      () => withNames(dns('a.evil.example')),
      'cert.name',
    ],
    [{ allowedNames: ['*@acme.example'] }, () => withNames(email('ada@acme.example')), () => withNames(dns('x')), 'cert.name'],
    [{ allowedCommonNames: ['train*'] }, () => world.issue(), () => world.issue({ subject: [['CN', 'x']] }), 'cert.common-name'],
    [{ allowedDnsSans: ['A.acme.example'] }, () => withNames(dns('a.ACME.example')), () => world.issue(), 'cert.host'],
    [
      { allowedDnsSans: ['*.acme.example'] },
      () => withNames(dns('a.acme.example')),
      () => withNames(dns('*.acme.example')),
      'cert.host',
    ],
    [
      { allowedEmailSans: ['ada@acme.example'] },
      () => withNames(email('ada@acme.example')),
      () => withNames(email('ada@acme.example.evil')),
      'cert.email',
    ],
    [{ allowedUriSans: ['urn:job:*'] }, () => withNames(uri('urn:job:7')), () => withNames(uri('urn:user:7')), 'cert.uri'],
    [
      { allowedOrganizationalUnits: ['ml'] },
      () =>
        world.issue({
          subject: [
            ['OU', 'ml'],
            ['CN', 'x'],
          ],
        }),
      () =>
        world.issue({
          subject: [
            ['OU', 'ml2'],
            ['CN', 'x'],
          ],
        }),
      'cert.organizational-unit',
    ],
    [
      { requiredExtensions: ['1.2.3.4:prod-*'] },
      () => world.issue({ extensions: [extension.text('1.2.3.4', 'prod-7')] }),
      () => world.issue({ extensions: [extension.text('1.2.3.4', 'dev-7')] }),
      'cert.extension',
    ],
    [
      { requiredExtensions: ['hex:1.2.3.4:0C0178'] },
      () => world.issue({ extensions: [extension.text('1.2.3.4', 'x')] }),
      () => world.issue(),
      'cert.extension',
    ],
  ] as const)('with %j admits who fits, and nobody else', async (bound, good, bad, reason) => {
    await world.role(bound);
    expect((await logIn([good()], 'train')).policies).toContain('features');
    expect(await refusal([bad()])).toBe(reason);
  });

  it('tells extensions as metadata where it says so', async () => {
    await world.role({ allowedMetadataExtensions: ['1.2.3.4', '1.2.3.5'] });
    const { metadata } = await logIn([world.issue({ extensions: [extension.text('1.2.3.4', 'prod-7')] })]);
    expect(metadata).toMatchObject({ '1-2-3-4': 'prod-7' });
    expect(metadata).not.toHaveProperty('1-2-3-5');
  });

  it.each([
    [{ certificate: '' }, 'must hold a certificate'],
    [{ certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, 'cannot be read'],
    [{ ocspEnabled: true }, 'is not supported'],
    [{ requiredExtensions: ['prod'] }, 'oid:value'],
    [{ allowedMetadataExtensions: ['../x'] }, 'object identifiers'],
    [{ allowedSpiffeIds: ['spiffe://acme.example/x'] }, 'needs spiffe_trust_domain'],
    [{ spiffeTrustDomain: 'spiffe://acme.example' }, 'without spiffe://'],
    [{ spiffeTrustDomain: 'acme.example', allowedSpiffeIds: ['spiffe://other.example/x'] }, 'ids of the trust domain'],
    [{ spiffeTrustDomain: 'acme.example', allowedSpiffeIds: ['spiffe://acme.example/x*'] }, 'ids of the trust domain'],
  ])('cannot be %j', async (bad, message) => {
    await expect(world.role(bad)).rejects.toThrow(message);
  });

  it('takes no private key, no weak authority and none that has expired', async () => {
    const [expired, weak] = [
      makeAuthority('Old', now, { notAfter: now - 1000 }),
      makeAuthority('Weak', now, { keys: generateKeyPairSync('rsa', { modulusLength: 1024 }) }),
    ];
    await expect(world.role({ certificate: world.root.pem + world.root.keyPem })).rejects.toThrow('private key');
    await expect(world.role({ certificate: expired.pem })).rejects.toThrow('expired');
    await expect(world.role({ certificate: weak.pem })).rejects.toThrow('2048');
  });

  it('that admits everybody of its authority, or whoever fits, is warned of', async () => {
    expect(await world.role({ maxTtl: 3600 })).toEqual([expect.stringContaining('any-workload')]);
    expect(await world.role({ allowedDnsSans: ['*.acme.example'], maxTtl: 3600 })).toEqual([expect.stringContaining('wildcard')]);
    expect(await world.role({ allowedDnsSans: ['a.acme.example'], maxTtl: 3600 })).toEqual([]);
  });
});
