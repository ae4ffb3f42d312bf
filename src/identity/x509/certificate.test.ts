import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Certificate, readCertificate } from './certificate.ts';
import { DerError, readDer, readInteger, readObjectId, readTime } from './der.ts';
import { readPem } from './pem.ts';
import { readRevocationList } from './revocation-list.ts';
import {
  element,
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  makeRevocationList,
  objectId,
  pemOf,
  purposes,
  sequence,
} from './testing/certificate-writer.ts';

const now = Date.UTC(2026, 5, 1);
const root = makeAuthority('Acme root', now);
const full = makeCertificate(
  {
    subject: [
      ['O', 'Acme, Inc.'],
      ['OU', 'ML'],
      ['CN', 'trainer'],
    ],
    notAfter: Date.UTC(2055, 0, 2, 3, 4, 5),
    extensions: [
      extension.noAuthority(),
      extension.keyUsage(0, 2),
      extension.purposes(purposes.client, purposes.server),
      extension.names(
        generalName.dns('a.acme.example'),
        generalName.email('ada@acme.example'),
        generalName.uri('spiffe://acme.example/x'),
        generalName.address(10, 0, 0, 1),
        generalName.directory([['CN', 'alias']]),
        generalName.other(),
      ),
    ],
  },
  now,
  root,
);

/** What OpenSSL makes of the same bytes. */
function sameAsOpenSsl(certificate: Certificate, theirs: X509Certificate): void {
  expect(Buffer.from(certificate.der)).toEqual(theirs.raw);
  expect(certificate.notBefore).toBe(theirs.validFromDate.getTime());
  expect(certificate.notAfter).toBe(theirs.validToDate.getTime());
  expect(certificate.constraints.authority).toBe(theirs.ca);
  const spki = theirs.publicKey.export({ type: 'spki', format: 'der' });
  expect(Buffer.from(certificate.subjectPublicKeyInfo)).toEqual(spki);
  expect(BigInt(`0x${certificate.serial.toString('hex')}`)).toBe(BigInt(`0x${theirs.serialNumber}`));
}

describe('a certificate', () => {
  it.each([
    ['of an authority', root.der],
    ['with every sort of name', full.der],
    ['of version 1', makeCertificate({ subject: [['CN', 'old']], version: 1 }, now, root).der],
  ])('%s says to us what it says to OpenSSL', (_what, der) => {
    sameAsOpenSsl(readCertificate(der), new X509Certificate(der));
  });

  it('says all its names', () => {
    const { names, subject, keyUsage, purposes: told } = readCertificate(full.der);
    expect(names).toMatchObject({
      dns: ['a.acme.example'],
      emails: ['ada@acme.example'],
      uris: ['spiffe://acme.example/x'],
      addresses: [Buffer.from([10, 0, 0, 1])],
      directories: [{ text: 'CN=alias' }],
      others: [0xa0],
    });
    expect(subject.text).toBe('O=Acme\\, Inc.,OU=ML,CN=trainer');
    expect([...(keyUsage ?? [])]).toEqual([0, 2]);
    expect(told).toEqual([purposes.client, purposes.server]);
  });

  it('with any one byte changed is refused, or read as something that nobody has signed', async () => {
    const { isSignedBy } = await import('./signature.ts');
    const key = readCertificate(root.der).publicKey;
    if (key === undefined) throw new Error('the authority has no key');
    let read = 0;
    for (let at = 0; at < full.der.length; at++) {
      const changed = Buffer.from(full.der);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const certificate = tryRead(changed);
      if (certificate === undefined) continue;
      read += 1;
      expect(isSignedBy(certificate, key), `byte ${at}`).toBe(false);
    }
    expect(read).toBeGreaterThan(50);
  });

  it('that is anything at all is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        tryRead(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(full.der.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(8), (at, inserted, removed) => {
        tryRead(Buffer.concat([full.der.subarray(0, at), inserted, full.der.subarray(at + removed)]));
      }),
      { numRuns: 2000 },
    );
  });

  it('nested without end is refused at once', () => {
    let deep: Buffer = Buffer.from([0x05, 0x00]);
    for (let depth = 0; depth < 3000; depth++) deep = element(0x30, deep);
    expect(() => readCertificate(deep)).toThrow(DerError);
  });
});

/** Throws for every other error. */
function tryRead(bytes: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(bytes);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

describe('DER', () => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

  it.each([
    ['nothing', ''],
    ['no length', '30'],
    ['a length that does not end', '30 80 00 00'],
    ['a length of more bytes than it takes', '30 81 02 05 00'],
    ['a length with a leading zero', `30 82 00 80 ${'00'.repeat(128)}`],
    ['a length of five bytes', '30 85 00 00 00 00 00'],
    ['a value that is cut short', '30 02 05'],
    ['something behind it', '05 00 00'],
    ['a tag of more bytes', '1f 81 00 00'],
  ])('with %s is refused', (_what, hex) => {
    expect(() => readDer(bytes(hex))).toThrow(DerError);
  });

  it.each(['02 00', '02 02 00 01', '02 02 ff 80'])('writes a number as %s in another way', (hex) => {
    expect(() => readInteger(readDer(bytes(hex)))).toThrow(DerError);
  });

  it.each(['1.2', '2.5.29.17', '1.2.840.113549.1.1.11', '2.999.1'])('object identifier %s comes back as it was', (dotted) => {
    const parts = dotted.split('.');
    if (parts.length < 2) return expect(() => readObjectId(readDer(bytes('06 00')))).toThrow(DerError);
    return expect(readObjectId(readDer(objectId(dotted)))).toBe(dotted);
  });

  it.each(['06 00', '06 01 80', '06 02 80 01', '06 02 2a 86'])('has no object identifier %s', (hex) => {
    expect(() => readObjectId(readDer(bytes(hex)))).toThrow(DerError);
  });

  it.each(['260230000000Z', '2602280000Z', '260228000000+0100', '260228240000Z', '260228000060Z', ''])(
    'has no time %s',
    (text) => {
      expect(() => readTime(readDer(element(0x17, Buffer.from(text))))).toThrow(DerError);
    },
  );
});

describe('PEM', () => {
  it('is read block by block, whatever stands between', () => {
    const text = `# one\n${root.pem}\n# two\r\n${full.pem.replaceAll('\n', '\r\n')}`;
    expect(readPem(text, 'CERTIFICATE')).toEqual([root.der, full.der]);
    expect(readPem(text, 'X509 CRL')).toEqual([]);
  });

  it('with a private key, or what is no base64, is refused', () => {
    expect(() => readPem(full.keyPem, 'CERTIFICATE')).toThrow('a private key');
    expect(() => readPem(pemOf('CERTIFICATE', Buffer.alloc(0)), 'CERTIFICATE')).toThrow(DerError);
    expect(() => readPem('-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----', 'CERTIFICATE')).toThrow(DerError);
  });

  it('takes time in proportion to its length', () => {
    const text = `-----BEGIN CERTIFICATE-----${' '.repeat(200_000)}`.repeat(2);
    expect(readPem(text, 'CERTIFICATE')).toEqual([]);
  });
});

describe('a revocation list', () => {
  it('of nobody is one', () => {
    const list = readRevocationList(makeRevocationList(root, { revoked: [] }, now));
    expect([...list.serials]).toEqual([]);
  });

  it('that is anything at all is read or refused, and nothing else', () => {
    const der = makeRevocationList(root, { revoked: [full] }, now);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(8), (at, inserted, removed) => {
        try {
          readRevocationList(Buffer.concat([der.subarray(0, at), inserted, der.subarray(at + removed)]));
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is no certificate, and no certificate is one', () => {
    expect(() => readRevocationList(full.der)).toThrow(DerError);
    expect(() => readCertificate(makeRevocationList(root, { revoked: [] }, now))).toThrow(DerError);
    expect(() => readCertificate(sequence())).toThrow(DerError);
  });
});
