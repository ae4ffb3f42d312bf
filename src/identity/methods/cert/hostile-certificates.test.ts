import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  element,
  extension,
  generalName,
  type Made,
  makeAuthority,
  makeRevocationList,
  nameOf,
  pemOf,
  purposes,
  sequence,
  type Wanted,
} from '../../x509/testing/certificate-writer.ts';
import { type CertWorld, openCertWorld } from './testing/cert-world.ts';

let world: CertWorld;
let now: number;

beforeEach(async () => {
  world = await openCertWorld();
  now = world.on.world.clock.now();
});
afterEach(() => world[Symbol.asyncDispose]());

const usage = [extension.noAuthority(), extension.keyUsage(0)];
const named = (...names: readonly Buffer[]) => ({ extensions: [...usage, extension.names(...names)] });
const leaf = (wanted: Wanted = {}, issuer?: Made) => world.issue(wanted, issuer);
const below = (wanted: Wanted = {}, name = 'Acme issuing') => makeAuthority(name, now, { below: world.root, ...wanted });
const weak = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });

/** What the client shows, in the order in which it shows it. */
type Attack = () => readonly { readonly der: Uint8Array }[] | Promise<readonly { readonly der: Uint8Array }[]>;

/** Who shows this is refused, whatever the role; and the log says why. */
const attacks: readonly (readonly [string, Attack, string])[] = [
  ['shows nothing', () => [], 'x509.missing'],
  ['shows one that has expired', () => [leaf({ notAfter: now - 2000 })], 'x509.expired'],
  ['shows one whose time has not come', () => [leaf({ notBefore: now + 2000 })], 'x509.not-yet-valid'],
  ['shows one of another authority of the same name', () => [leaf({}, makeAuthority('Acme root', now))], 'x509.signature'],
  ['shows one of a stranger', () => [leaf({}, makeAuthority('Evil', now))], 'x509.unknown-authority'],
  [
    'shows one of a stranger, and the stranger',
    () => {
      const stranger = makeAuthority('Evil', now);
      return [leaf({}, stranger), stranger];
    },
    'x509.unknown-authority',
  ],
  [
    'shows one that it signed itself, in the name of the authority',
    () => [makeAuthority('Acme root', now, { extensions: usage })],
    'x509.signature',
  ],
  ["shows the authority's own certificate", () => [world.root], 'x509.authority-as-client'],
  ['shows an authority below it', () => [below()], 'x509.authority-as-client'],
  [
    'shows one that another client issued',
    () => {
      const client = leaf();
      return [leaf({ subject: [['CN', 'victim']] }, client), client];
    },
    'x509.no-authority',
  ],
  [
    'shows one of an authority that says it is none',
    () => {
      const issuing = below({ extensions: [extension.noAuthority(), extension.keyUsage(5)] });
      return [leaf({}, issuing), issuing];
    },
    'x509.no-authority',
  ],
  [
    'shows one of an authority whose key must not sign certificates',
    () => {
      const issuing = below({ extensions: [extension.authority(), extension.keyUsage(0, 6)] });
      return [leaf({}, issuing), issuing];
    },
    'x509.no-authority',
  ],
  [
    'shows one of version 1 as an authority',
    () => {
      const issuing = below({ extensions: [], version: 1 });
      return [leaf({}, issuing), issuing];
    },
    'x509.no-authority',
  ],
  [
    'shows more authorities than the one above allows',
    () => {
      const first = below({ extensions: [extension.authority(0), extension.keyUsage(5)] });
      const second = makeAuthority('Second', now, { below: first });
      return [leaf({}, second), second, first];
    },
    'x509.path-length',
  ],
  [
    'shows one of an authority that has expired',
    () => {
      const issuing = below({ notAfter: now - 2000 });
      return [leaf({}, issuing), issuing];
    },
    'x509.expired',
  ],
  ['shows one for servers', () => [leaf({ extensions: [...usage, extension.purposes(purposes.server)] })], 'x509.purpose'],
  [
    'shows one of an authority for servers',
    () => {
      const issuing = below({ extensions: [extension.authority(), extension.purposes(purposes.server)] });
      return [leaf({ extensions: [...usage, extension.purposes(purposes.client)] }, issuing), issuing];
    },
    'x509.purpose',
  ],
  ['shows one that is for no signatures', () => [leaf({ extensions: [extension.keyUsage(2)] })], 'x509.key-usage'],
  ['shows one with a short key', () => [leaf({ keys: weak(1024) })], 'x509.weak-key'],
  [
    'shows one with a key on a small curve',
    () => [leaf({ keys: generateKeyPairSync('ec', { namedCurve: 'P-224' }) })],
    'x509.weak-key',
  ],
  ['shows one with a key of another sort', () => [leaf({ keys: generateKeyPairSync('ed448') })], 'x509.weak-key'],
  [
    'shows one of an authority with a short key',
    () => {
      const issuing = below({ keys: weak(1024) });
      return [leaf({}, issuing), issuing];
    },
    'x509.weak-key',
  ],
  ['shows one that is signed with SHA-1', () => [leaf({ algorithm: 'ecdsa-sha1' })], 'x509.signature-algorithm'],
  [
    'shows one that must be understood and is not',
    () => [leaf({ extensions: [...usage, { ...extension.text('1.2.3.4', 'x'), critical: true }] })],
    'x509.critical-extension',
  ],
  [
    'shows one of an authority that must be understood and is not',
    () => {
      const policies = { id: '2.5.29.36', critical: true, value: sequence(element(0x80, Buffer.from([0]))) };
      const issuing = below({ extensions: [extension.authority(), policies] });
      return [leaf({}, issuing), issuing];
    },
    'x509.critical-extension',
  ],
  [
    'shows one for a host that its authority may not name',
    () => {
      const issuing = below({ extensions: [extension.authority(), extension.constraints([generalName.dns('acme.example')])] });
      return [leaf(named(generalName.dns('evilacme.example')), issuing), issuing];
    },
    'x509.name-constraints',
  ],
  [
    'shows one for a SPIFFE id that its authority may not name',
    () => {
      const issuing = below({ extensions: [extension.authority(), extension.constraints([generalName.uri('dev.example')])] });
      return [leaf(named(generalName.uri('spiffe://prod.example/x')), issuing), issuing];
    },
    'x509.name-constraints',
  ],
  ['shows one that is on the revocation list', () => revoked(world.root), 'x509.revoked'],
  [
    'shows one of an authority that is on the revocation list',
    async () => {
      const issuing = below();
      await upload(makeRevocationList(world.root, { revoked: [issuing] }, now));
      return [leaf({}, issuing), issuing];
    },
    'x509.revoked',
  ],
  [
    'comes while the revocation list is out of date',
    async () => {
      await upload(makeRevocationList(world.root, { revoked: [], nextUpdate: now - 1000 }, now));
      return [leaf()];
    },
    'x509.revocation-unknown',
  ],
  [
    'comes with a revocation list from the future',
    async () => {
      await upload(makeRevocationList(world.root, { revoked: [], thisUpdate: now + 3_600_000 }, now));
      return [leaf()];
    },
    'x509.revocation-unknown',
  ],
  [
    'shows one with two common names',
    () => [
      leaf({
        subject: [
          ['CN', 'trainer'],
          ['CN', 'admin'],
        ],
      }),
    ],
    'x509.ambiguous-name',
  ],
  ['hides a NUL in a host', () => [leaf(named(generalName.dns('admin.acme.example\0.evil.example')))], 'x509.malformed'],
  ['hides a NUL in the common name', () => [leaf({ subject: [['CN', 'admin\0.evil']] })], 'x509.malformed'],
  [
    'shows letters that look like others in a URI',
    () => [leaf(named(generalName.uri('spiffe://acme.example/tr\u0430iner')))],
    'x509.malformed',
  ],
  ['shows text that turns around', () => [leaf({ subject: [['CN', 'nimda\u202e']] })], 'x509.malformed'],
  ['shows a common name that is no UTF-8', () => [leaf({ subject: [['CN', Buffer.from([0xff, 0xfe])]] })], 'x509.malformed'],
  [
    'says its names twice',
    () => [leaf({ extensions: [...usage, extension.names(generalName.dns('a')), extension.names(generalName.dns('b'))] })],
    'x509.malformed',
  ],
  ['has something behind its certificate', () => [{ der: Buffer.concat([leaf().der, Buffer.from([0])]) }], 'x509.malformed'],
  ['writes a length longer than it must be', () => [{ der: longer(leaf().der) }], 'x509.malformed'],
  ['shows no certificate at all', () => [{ der: Buffer.from('-----BEGIN CERTIFICATE-----') }], 'x509.malformed'],
  ['shows an empty certificate', () => [{ der: Buffer.alloc(0) }], 'x509.malformed'],
  ['shows one that is far too large', () => [{ der: element(0x30, Buffer.alloc(40_000)) }], 'x509.malformed'],
  ['changes a byte', () => [{ der: flipped(leaf().der) }], 'x509.signature'],
  ['shows more than are looked at', () => Array.from({ length: 9 }, () => leaf()), 'x509.too-many'],
];

async function revoked(issuer: Made): Promise<readonly Made[]> {
  const client = leaf();
  await upload(makeRevocationList(issuer, { revoked: [client] }, now));
  return [client];
}

const upload = (list: Buffer) =>
  world.on.performAt(world.mount, 'cert.crls.write', { name: 'acme', crl: pemOf('X509 CRL', list) }, { as: world.on.root });

/** 30 82 LL LL → 30 83 00 LL LL */
const longer = (der: Buffer) => Buffer.concat([Buffer.from([der[0] ?? 0, 0x83, 0]), der.subarray(2)]);

/** In the common name. */
function flipped(der: Buffer): Buffer {
  const copy = Buffer.from(der);
  const at = copy.lastIndexOf('trainer');
  copy[at] = 0x54;
  return copy;
}

describe('nobody logs in who', () => {
  it.each(attacks)('%s', async (_what, attack, reason) => {
    const shown = (await attack()) as readonly Made[];
    await expect(world.logIn(shown, 'train')).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(world.reason()).toBe(reason);
    // The same without a name, where there is one role that is tried.
    await expect(world.logIn(shown)).rejects.toMatchObject({ code: 'login.refused' });
    expect(world.reason()).toBe(reason);
  });

  it('shows certificates in a loop', async () => {
    const [a, b] = [makeAuthority('A', now), makeAuthority('B', now)];
    const cross = [makeAuthority('A', now, { keys: a, below: b }), makeAuthority('B', now, { keys: b, below: a })];
    await expect(world.logIn([leaf({}, a), ...cross], 'train')).rejects.toMatchObject({ code: 'login.refused' });
    expect(world.reason()).toBe('x509.unknown-authority');
  });

  it('shows many authorities of one name, to make the server verify them all', async () => {
    const many = Array.from({ length: 7 }, () => makeAuthority('Evil', now, { subjectDer: nameOf([['CN', 'Evil']]) }));
    await expect(world.logIn([leaf({}, makeAuthority('Evil', now)), ...many], 'train')).rejects.toThrow();
    expect(world.reason()).toBe('x509.signature');
  });
});
