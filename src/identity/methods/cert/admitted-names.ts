import { matchesGlob } from '../../jwt/bound-claims.ts';
import { type RefusalReasons, refusedLogin } from '../../login-refusal.ts';
import { parseSpiffeId, type SpiffeId } from '../../platforms/spiffe-id.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { DerError, derTags, readDer } from '../../x509/der.ts';
import { attributeTypes, valuesOf } from '../../x509/distinguished-name.ts';
import { keyUsages } from '../../x509/extensions.ts';
import { type CertRole, parseRequired, type RequiredExtension } from './cert-role.ts';

export const nameReasons: RefusalReasons = {
  'cert.name': 'No common name, host or mailbox of the certificate is among allowed_names.',
  'cert.common-name': 'The common name is not among those that the role allows.',
  'cert.host': 'No host of the certificate is among allowed_dns_sans.',
  'cert.email': 'No mailbox of the certificate is among allowed_email_sans.',
  'cert.uri': 'No URI of the certificate is among allowed_uri_sans.',
  'cert.organizational-unit': 'No organizational unit of the certificate is among those that the role allows.',
  'cert.extension': 'An extension that the role requires is missing, or says something else.',
  'cert.spiffe-count': 'An X.509-SVID has exactly one URI; the certificate has none, or several.',
  'cert.spiffe-id': 'The URI of the certificate is no SPIFFE id of a workload.',
  'cert.trust-domain': 'The SPIFFE id is of another trust domain than the role.',
  'cert.spiffe-usage': 'The key usage of an X.509-SVID is digitalSignature, and neither keyCertSign nor cRLSign.',
  'cert.spiffe-not-allowed': 'The SPIFFE id is not among those that the role allows.',
};

const CRL_SIGN = 6;

/** Gives the SPIFFE id where the role wants one. @throws WatchwordError `login.refused` with one of {@link nameReasons} */
export function requireAdmitted(role: CertRole, leaf: Certificate): SpiffeId | undefined {
  const { dns, emails, uris } = leaf.names;
  const commonNames = valuesOf(leaf.subject, attributeTypes.commonName);
  requireOne('cert.name', role.allowedNames, [...commonNames, ...dns, ...emails]);
  requireOne('cert.common-name', role.allowedCommonNames, commonNames);
  requireOne('cert.host', role.allowedDnsSans.map(lowered), dns.map(lowered));
  requireOne('cert.email', role.allowedEmailSans, emails);
  requireOne('cert.uri', role.allowedUriSans, uris);
  requireOne(
    'cert.organizational-unit',
    role.allowedOrganizationalUnits,
    valuesOf(leaf.subject, attributeTypes.organizationalUnit),
  );
  const required = role.requiredExtensions.map(parseRequired);
  if (!required.every((wanted) => wanted !== undefined && hasExtension(leaf, wanted))) throw refusedLogin('cert.extension');
  return role.spiffeTrustDomain === '' ? undefined : requireSvid(role, leaf);
}

const lowered = (name: string) => name.toLowerCase();

/** A name with a wildcard is nobody's: it is not looked at. */
function requireOne(reason: string, allowed: readonly string[], given: readonly string[]): void {
  const holds = (name: string) => !name.includes('*') && allowed.some((pattern) => matchesGlob(name, pattern));
  if (allowed.length > 0 && !given.some(holds)) throw refusedLogin(reason);
}

function hasExtension({ extensions }: Certificate, { id, value, hex }: RequiredExtension): boolean {
  const extension = extensions.get(id);
  if (extension === undefined) return false;
  const said = hex ? extension.value.toString('hex') : extensionText(extension.value);
  return said !== undefined && matchesGlob(said, hex ? value.toLowerCase() : value);
}

/** Undefined where an extension holds something else than one text. */
export function extensionText(value: Buffer): string | undefined {
  try {
    const { tag, content } = readDer(value);
    const texts: readonly number[] = [derTags.utf8String, derTags.printableString, derTags.ia5String];
    const text = content.toString('utf8');
    return texts.includes(tag) && Buffer.from(text).equals(content) && !/\p{C}/u.test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** X.509-SVID § 5.2. */
function requireSvid({ spiffeTrustDomain, allowedSpiffeIds }: CertRole, { names, keyUsage }: Certificate): SpiffeId {
  const [uri, ...more] = names.uris;
  if (uri === undefined || more.length > 0) throw refusedLogin('cert.spiffe-count');
  const id = parseSpiffeId(uri);
  if (id === undefined) throw refusedLogin('cert.spiffe-id');
  if (id.trustDomain !== spiffeTrustDomain) throw refusedLogin('cert.trust-domain');
  const signs = keyUsage?.has(keyUsages.keyCertSign) === true || keyUsage?.has(CRL_SIGN) === true;
  if (keyUsage?.has(keyUsages.digitalSignature) !== true || signs) throw refusedLogin('cert.spiffe-usage');
  const allowed = allowedSpiffeIds.length === 0 || allowedSpiffeIds.some((pattern) => isWithin(uri, pattern));
  if (!allowed) throw refusedLogin('cert.spiffe-not-allowed');
  return id;
}

/** By whole segments: `/ns/a/*` holds `/ns/a/b` and neither `/ns/ab` nor `/ns/a`. */
function isWithin(id: string, pattern: string): boolean {
  return pattern.endsWith('/*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
