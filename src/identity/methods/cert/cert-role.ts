import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { lintGlobs, lintTokenParameters, type RoleFinding, warnOfFindings } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import { isTrustDomain, parseSpiffeId } from '../../platforms/spiffe-id.ts';
import { type Certificate, readCertificate } from '../../x509/certificate.ts';
import { DerError } from '../../x509/der.ts';
import { readPem } from '../../x509/pem.ts';

/** Whose certificates are believed, and which of them are admitted. In `allowed…`, `*` stands for anything; empty = any. */
export interface CertRole extends TokenParameters {
  /** PEM: authorities, or single certificates that stand for themselves. */
  readonly certificate: string;
  /** Common names, hosts and mailboxes alike. */
  readonly allowedNames: readonly string[];
  readonly allowedCommonNames: readonly string[];
  readonly allowedDnsSans: readonly string[];
  readonly allowedEmailSans: readonly string[];
  readonly allowedUriSans: readonly string[];
  readonly allowedOrganizationalUnits: readonly string[];
  /** `oid:value` for extensions that hold a text, `hex:oid:value` for any. All must be there. */
  readonly requiredExtensions: readonly string[];
  /** Object identifiers of extensions with a text that is told as metadata. */
  readonly allowedMetadataExtensions: readonly string[];
  /** Empty = the role's name. */
  readonly displayName: string;
  /** Admits the X.509-SVIDs of this trust domain, and nothing else. */
  readonly spiffeTrustDomain: string;
  /** Ids, or `spiffe://domain/path/*` for all below a path. Empty = all of the trust domain. */
  readonly allowedSpiffeIds: readonly string[];
  readonly ocspEnabled: false;
}

const MOST_ANCHORS = 16;
const patterns = z.array(z.string().min(1).max(2048)).max(256);
const objectId = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;

export const certRoleFields = {
  ...tokenParameterFields,
  certificate: z.string().max(256 * 1024),
  allowedNames: patterns,
  allowedCommonNames: patterns,
  allowedDnsSans: patterns,
  allowedEmailSans: patterns,
  allowedUriSans: patterns,
  allowedOrganizationalUnits: patterns,
  requiredExtensions: patterns,
  allowedMetadataExtensions: patterns,
  displayName: z.string().max(256),
  spiffeTrustDomain: z.string().max(255),
  allowedSpiffeIds: patterns,
  ocspEnabled: z.literal(false, 'is not supported: upload revocation lists to crls/:name'),
};

export const newCertRole: CertRole = {
  ...noTokenParameters,
  certificate: '',
  allowedNames: [],
  allowedCommonNames: [],
  allowedDnsSans: [],
  allowedEmailSans: [],
  allowedUriSans: [],
  allowedOrganizationalUnits: [],
  requiredExtensions: [],
  allowedMetadataExtensions: [],
  displayName: '',
  spiffeTrustDomain: '',
  allowedSpiffeIds: [],
  ocspEnabled: false,
};

const anchors = new WeakMap<CertRole, readonly Certificate[]>();

/** The certificates that a role believes. @throws DerError */
export function anchorsOf(role: CertRole): readonly Certificate[] {
  const known = anchors.get(role) ?? readPem(role.certificate, 'CERTIFICATE').map(readCertificate);
  anchors.set(role, known);
  return known;
}

/** @throws WatchwordError `login.invalid` */
export function checkCertRole(role: CertRole, context: ChangeContext): void {
  const certificates = readAnchors(role);
  if (certificates.length === 0) refuse('certificate', 'must hold a certificate in PEM');
  if (certificates.length > MOST_ANCHORS) refuse('certificate', `holds more than ${MOST_ANCHORS} certificates`);
  if (certificates.some(({ publicKey }) => publicKey === undefined)) {
    refuse('certificate', 'a key is RSA below 2048 bits, or on another curve than P-256, P-384, P-521 and Ed25519');
  }
  if (certificates.every(({ notAfter }) => notAfter < context.now)) refuse('certificate', 'all certificates have expired');
  for (const required of role.requiredExtensions) {
    if (parseRequired(required) === undefined) refuse('required_extensions', 'must be oid:value, or hex:oid:value');
  }
  if (!role.allowedMetadataExtensions.every((id) => objectId.test(id))) {
    refuse('allowed_metadata_extensions', 'must be object identifiers');
  }
  checkSpiffe(role, certificates);
  warnOfFindings(lintCertRole(role), context);
}

function readAnchors(role: CertRole): readonly Certificate[] {
  try {
    return anchorsOf(role);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return refuse('certificate', `cannot be read: ${error.message}`);
  }
}

function checkSpiffe({ spiffeTrustDomain, allowedSpiffeIds }: CertRole, certificates: readonly Certificate[]): void {
  if (spiffeTrustDomain === '') {
    if (allowedSpiffeIds.length > 0) refuse('allowed_spiffe_ids', 'needs spiffe_trust_domain');
    return;
  }
  if (!isTrustDomain(spiffeTrustDomain)) refuse('spiffe_trust_domain', 'is the name alone, without spiffe:// and path');
  if (!certificates.every(({ constraints }) => constraints.authority)) {
    refuse('certificate', 'a trust bundle holds authorities only');
  }
  const within = (pattern: string) => parseSpiffeId(pattern.replace(/\/\*$/, ''))?.trustDomain === spiffeTrustDomain;
  if (!allowedSpiffeIds.every((pattern) => within(pattern) || pattern === `spiffe://${spiffeTrustDomain}/*`)) {
    refuse('allowed_spiffe_ids', 'must be ids of the trust domain, or such an id with /* behind it');
  }
}

/** What a certificate must say in an extension. */
export interface RequiredExtension {
  readonly id: string;
  readonly value: string;
  /** Compared with all bytes of the extension, in hexadecimal. */
  readonly hex: boolean;
}

export function parseRequired(text: string): RequiredExtension | undefined {
  const [, hex, id = '', value = ''] = /^(hex:)?([\d.]+):(.*)$/s.exec(text) ?? [];
  return objectId.test(id) ? { id, value, hex: hex !== undefined } : undefined;
}

/** What is dangerous in a role. */
export function lintCertRole(role: CertRole): RoleFinding[] {
  const bounds = boundNames(role).flatMap((name) => role[name]);
  const pinned = role.certificate !== '' && anchorsOf(role).every(({ constraints }) => !constraints.authority);
  const anyone: RoleFinding = {
    rule: 'any-workload',
    where: role.spiffeTrustDomain === '' ? 'allowed_names' : 'allowed_spiffe_ids',
    message: 'everybody is admitted to whom the authority ever issued a certificate for authenticating clients',
    advice: 'name whom you mean',
  };
  const globs = boundNames(role).flatMap((name) => lintGlobs(wireNames[name], role[name]));
  return [...(bounds.length === 0 && !pinned ? [anyone] : []), ...globs, ...lintTokenParameters(role, { outside: false })];
}

const wireNames = {
  allowedNames: 'allowed_names',
  allowedCommonNames: 'allowed_common_names',
  allowedDnsSans: 'allowed_dns_sans',
  allowedEmailSans: 'allowed_email_sans',
  allowedUriSans: 'allowed_uri_sans',
  allowedOrganizationalUnits: 'allowed_organizational_units',
  requiredExtensions: 'required_extensions',
  allowedSpiffeIds: 'allowed_spiffe_ids',
} as const;

const boundNames = (_role: CertRole) => Object.keys(wireNames) as (keyof typeof wireNames)[];

function refuse(where: string, message: string): never {
  throw new WatchwordError('login.invalid', `${where}: ${message}`, { where });
}
