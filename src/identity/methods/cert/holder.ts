import { createHash } from 'node:crypto';
import type { Identified } from '../../logins/logins.ts';
import type { SpiffeId } from '../../platforms/spiffe-id.ts';
import { type Certificate, keyPinOf } from '../../x509/certificate.ts';
import { attributeTypes, valuesOf } from '../../x509/distinguished-name.ts';
import type { CertificatePath } from '../../x509/path.ts';
import { extensionText } from './admitted-names.ts';
import type { CertRole } from './cert-role.ts';

/** Whose certificate it is, once it is believed. */
export interface Holder {
  readonly path: CertificatePath;
  readonly spiffeId: SpiffeId | undefined;
}

const LONGEST_SUBJECT = 512;
const PIN_LENGTH = 16;

/**
 * A SPIFFE id is its workload's own. Else a holder is named as its authority names it, below the key of the anchor: a certificate
 * that is renewed leaves the subject as it is, and no authority can give the name of another one's holder. Of a certificate that
 * names nobody by its subject, the serial number is all that its authority gives to no other.
 */
export function subjectOf({ path, spiffeId }: Holder): string {
  if (spiffeId !== undefined) return `spiffe://${spiffeId.trustDomain}${spiffeId.path}`;
  const [leaf] = path;
  const anchor = path.at(-1) ?? leaf;
  const own = leaf.subject.text === '' ? `#${leaf.serial.toString('hex')}` : leaf.subject.text;
  const names = [
    ...path
      .slice(1, -1)
      .reverse()
      .map(({ subject }) => subject.text),
    own,
  ].join('/');
  const text = names.length <= LONGEST_SUBJECT ? names : `sha256:${createHash('sha256').update(names).digest('hex')}`;
  return `x509:${keyPinOf(anchor).slice(0, PIN_LENGTH)}/${text}`;
}

/** What the login knows of the holder, in Vault's words where it has some. */
export function identifiedHolder({ name, role }: { readonly name: string; readonly role: CertRole }, holder: Holder): Identified {
  const { path, spiffeId } = holder;
  const [leaf] = path;
  const subject = subjectOf(holder);
  const [commonName = ''] = valuesOf(leaf.subject, attributeTypes.commonName);
  const spiffe = spiffeId === undefined ? {} : { spiffe_id: subject, trust_domain: spiffeId.trustDomain };
  const metadata = {
    cert_name: name,
    common_name: commonName,
    serial_number: BigInt.asIntN(8 * leaf.serial.length, BigInt(`0x${leaf.serial.toString('hex')}`)).toString(),
    subject_key_id: colons(leaf.subjectKeyIdentifier),
    authority_key_id: colons(leaf.authorityKeyIdentifier),
    ...spiffe,
    ...toldExtensions(role, leaf),
  };
  return {
    workload: {
      method: 'cert',
      subject,
      displayName: role.displayName === '' ? name : role.displayName,
      claims: {
        common_name: commonName,
        serial_number: metadata.serial_number,
        fingerprint_sha256: createHash('sha256').update(leaf.der).digest('hex'),
        ...spiffe,
      },
    },
    role: { collection: 'role', name },
    parameters: role,
    metadata,
    alias: { name: spiffeId === undefined ? commonName || subject : subject, metadata: spiffe },
    // A token stands on every certificate of the path.
    endsAt: Math.min(...path.map(({ notAfter }) => notAfter)),
  };
}

/** `1-2-3` for 1.2.3: names in policies hold no dots. */
function toldExtensions({ allowedMetadataExtensions }: CertRole, { extensions }: Certificate): Record<string, string> {
  const told: Record<string, string> = {};
  for (const id of allowedMetadataExtensions) {
    const extension = extensions.get(id);
    const text = extension && extensionText(extension.value);
    if (text !== undefined) told[id.replaceAll('.', '-')] = text;
  }
  return told;
}

const colons = (bytes: Buffer = Buffer.alloc(0)) => bytes.toString('hex').replace(/(..)(?=.)/g, '$1:');
