import { createHash, type KeyObject } from 'node:crypto';
import { type AlternativeNames, noAlternativeNames, readAlternativeNames } from './alternative-names.ts';
import {
  contentOf,
  DerError,
  type DerMembers,
  derTags,
  membersOf,
  readBytes,
  readDer,
  readInteger,
  readSmallInteger,
  readTime,
} from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import {
  type BasicConstraints,
  type Extensions,
  extensionIds,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
} from './extensions.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';
import { publicKeyOf, type Signed } from './signature.ts';

/** What an X.509 certificate (RFC 5280), version 3 or 1, says. Times are milliseconds since the epoch. */
export interface Certificate extends Signed {
  readonly der: Buffer;
  /** Two's complement, as it stands there. */
  readonly serial: Buffer;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subjectPublicKeyInfo: Buffer;
  /** Undefined for a weak or unknown one. */
  readonly publicKey: KeyObject | undefined;
  readonly names: AlternativeNames;
  readonly constraints: BasicConstraints;
  /** Undefined where the certificate does not restrict it. */
  readonly keyUsage: ReadonlySet<number> | undefined;
  readonly purposes: readonly string[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly extensions: Extensions;
}

/** Bytes; those of real certificates are below 4 KiB. */
const LARGEST_CERTIFICATE = 32 * 1024;
const VERSION_3 = 2;
const LONGEST_SERIAL = 21;

/** Strict: what two readers might read differently is refused. @throws DerError */
export function readCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > LARGEST_CERTIFICATE) throw new DerError('the certificate is too large');
  const value = readDer(bytes);
  const members = membersOf(value, derTags.sequence);
  const body = members.take(derTags.sequence);
  const algorithm = members.take(derTags.sequence);
  const signature = readBytes(members.take(derTags.bitString));
  members.end();
  return {
    ...readBody(membersOf(body, derTags.sequence), algorithm.whole),
    der: value.whole,
    body: body.whole,
    algorithm,
    signature,
  };
}

function readBody(members: DerMembers, algorithm: Buffer) {
  const version = members.takeIf(0xa0);
  if (version !== undefined && readSmallInteger(readDer(version.content)) !== VERSION_3) throw new DerError('another version');
  const serial = readInteger(members.take(derTags.integer));
  if (serial.length > LONGEST_SERIAL) throw new DerError('the serial number is too long');
  // What is signed says how it is signed, and both must say the same.
  if (!members.take(derTags.sequence).whole.equals(algorithm)) throw new DerError('two signature algorithms');
  const issuer = readName(members.take(derTags.sequence));
  const validity = membersOf(members.take(derTags.sequence), derTags.sequence);
  const [notBefore, notAfter] = [readTime(takeTime(validity)), readTime(takeTime(validity))];
  validity.end();
  const subject = readName(members.take(derTags.sequence));
  const { whole: subjectPublicKeyInfo } = members.take(derTags.sequence);
  // issuerUniqueID and subjectUniqueID (RFC 5280 § 4.1.2.8) are not used, and not read.
  members.takeIf(0x81);
  members.takeIf(0x82);
  const wrapped = members.takeIf(0xa3);
  members.end();
  // One of version 1 can be nobody's authority: it has no extension that says so.
  if (wrapped !== undefined && version === undefined) throw new DerError('extensions without their version');
  const extensions: Extensions = wrapped === undefined ? new Map() : readExtensions(readDer(wrapped.content));
  const publicKey = publicKeyOf(subjectPublicKeyInfo);
  const told = { serial, issuer, subject, notBefore, notAfter, subjectPublicKeyInfo, publicKey };
  return { ...told, ...readKnown(extensions), extensions };
}

const takeTime = (members: DerMembers) => members.takeIf(derTags.utcTime) ?? members.take(derTags.generalizedTime);

function readKnown(extensions: Extensions) {
  const read = <Value>(id: string, reader: (value: Buffer) => Value): Value | undefined => {
    const extension = extensions.get(id);
    return extension && reader(extension.value);
  };
  return {
    names: read(extensionIds.subjectAltName, (value) => readAlternativeNames(readDer(value))) ?? noAlternativeNames,
    constraints: read(extensionIds.basicConstraints, readBasicConstraints) ?? { authority: false, pathLength: undefined },
    keyUsage: read(extensionIds.keyUsage, readKeyUsage),
    purposes: read(extensionIds.extendedKeyUsage, readExtendedKeyUsage),
    nameConstraints: read(extensionIds.nameConstraints, readNameConstraints),
    subjectKeyIdentifier: read(extensionIds.subjectKeyIdentifier, (value) => contentOf(readDer(value), derTags.octetString)),
    authorityKeyIdentifier: read(extensionIds.authorityKeyIdentifier, readAuthorityKeyIdentifier),
  };
}

/** SHA-256 of the whole certificate, base64url: `x5t#S256` of RFC 8705. */
export function thumbprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url');
}

/** SHA-256 of the public key, hexadecimal: the same for every certificate of that key. */
export function keyPinOf({ subjectPublicKeyInfo }: Certificate): string {
  return createHash('sha256').update(subjectPublicKeyInfo).digest('hex');
}
