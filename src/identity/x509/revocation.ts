import { refusedLogin } from '../login-refusal.ts';
import type { Certificate } from './certificate.ts';
import type { CertificatePath } from './path.ts';
import type { RevocationList } from './revocation-list.ts';
import { isSignedBy } from './signature.ts';

/** Clocks of authorities run ahead by less. */
const SKEW_MS = 5 * 60_000;
const signers = new WeakMap<RevocationList, Map<string, boolean>>();

/**
 * Each certificate is looked for in the lists of its own authority: those that it signed. Where there is none nothing is known to
 * be revoked; where there is one it must be of now.
 * @throws WatchwordError `login.refused`
 */
export function refuseRevoked(path: CertificatePath, lists: readonly RevocationList[], now: number): void {
  for (const [at, certificate] of path.entries()) {
    const issuer = path[at + 1];
    if (issuer === undefined) return;
    for (const list of lists.filter((candidate) => isListOf(candidate, issuer))) {
      if (list.serials.has(certificate.serial.toString('hex'))) throw refusedLogin('x509.revoked');
      const { thisUpdate, nextUpdate } = list;
      const current = thisUpdate <= now + SKEW_MS && (nextUpdate === undefined || now < nextUpdate);
      if (!current) throw refusedLogin('x509.revocation-unknown');
    }
  }
}

/** Whether this authority signed the list. One whose key is not said to sign lists is heard as well: it can only take back. */
export function isListOf(list: RevocationList, { subject, publicKey, subjectPublicKeyInfo }: Certificate): boolean {
  if (publicKey === undefined || !list.issuer.der.equals(subject.der)) return false;
  const known = signers.get(list) ?? new Map<string, boolean>();
  signers.set(list, known);
  const key = subjectPublicKeyInfo.toString('base64');
  const signed = known.get(key) ?? isSignedBy(list, publicKey);
  known.set(key, signed);
  return signed;
}
