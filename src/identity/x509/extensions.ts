import {
  contentOf,
  DerError,
  type DerValue,
  derTags,
  membersOf,
  readBits,
  readBoolean,
  readDer,
  readObjectId,
  readSmallInteger,
} from './der.ts';

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

/** By object identifier. */
export type Extensions = ReadonlyMap<string, Extension>;

export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Bits of KeyUsage (RFC 5280 § 4.2.1.3). */
export const keyUsages = { digitalSignature: 0, keyCertSign: 5 } as const;

/** Certificate or list entry extensions. @throws DerError; for one that stands there twice as well */
export function readExtensions(value: DerValue | undefined): Extensions {
  const extensions = new Map<string, Extension>();
  for (const member of membersOf(value, derTags.sequence).rest()) {
    const parts = membersOf(member, derTags.sequence);
    const id = readObjectId(parts.take(derTags.objectId));
    const flag = parts.takeIf(derTags.boolean);
    const critical = flag !== undefined && readBoolean(flag);
    // DER leaves out what is the default.
    if (flag !== undefined && !critical) throw new DerError('a default value is written out');
    const content = contentOf(parts.take(derTags.octetString), derTags.octetString);
    parts.end();
    if (extensions.has(id)) throw new DerError('an extension stands there twice');
    extensions.set(id, { critical, value: content });
  }
  if (extensions.size === 0) throw new DerError('there are no extensions');
  return extensions;
}

export interface BasicConstraints {
  readonly authority: boolean;
  /** Authorities that may stand below; undefined = any number. */
  readonly pathLength: number | undefined;
}

/** @throws DerError */
export function readBasicConstraints(value: Buffer): BasicConstraints {
  const members = membersOf(readDer(value), derTags.sequence);
  const flag = members.takeIf(derTags.boolean);
  const authority = flag !== undefined && readBoolean(flag);
  const length = members.takeIf(derTags.integer);
  members.end();
  // Some authorities write `FALSE` out for certificates that are none; nothing hangs on it.
  if (length !== undefined && !authority) throw new DerError('a path length without authority');
  return { authority, pathLength: length === undefined ? undefined : readSmallInteger(length) };
}

/** @throws DerError */
export function readKeyUsage(value: Buffer): ReadonlySet<number> {
  const usages = readBits(readDer(value));
  if (usages.size === 0) throw new DerError('no key usage is set');
  return usages;
}

/** Object identifiers of purposes. @throws DerError */
export function readExtendedKeyUsage(value: Buffer): readonly string[] {
  const purposes = membersOf(readDer(value), derTags.sequence).rest().map(readObjectId);
  if (purposes.length === 0) throw new DerError('no purpose is named');
  return purposes;
}

/** Undefined where the extension does not say it by key. @throws DerError */
export function readAuthorityKeyIdentifier(value: Buffer): Buffer | undefined {
  return membersOf(readDer(value), derTags.sequence).takeIf(0x80)?.content;
}
