import type { RefusalReasons } from '../login-refusal.ts';

/** Why a client certificate is not believed, whatever the role. */
export const x509Reasons: RefusalReasons = {
  'x509.missing':
    'The connection shows no client certificate: none was sent, or it does not speak TLS. Headers are not looked at.',
  'x509.malformed':
    'A certificate is not strict DER, says something twice, or names its holder in characters that cannot be seen.',
  'x509.too-many': 'The client sent more certificates than are looked at.',
  'x509.not-yet-valid': 'The time of a certificate on the path has not come.',
  'x509.expired': 'The time of a certificate on the path is over.',
  'x509.weak-key': 'A key on the path is RSA below 2048 bits, or on another curve than P-256, P-384, P-521 and Ed25519.',
  'x509.signature-algorithm': 'A certificate on the path is signed with SHA-1, MD5 or another algorithm that is not believed.',
  'x509.signature': 'An authority of the right name did not sign it: another has taken the same name.',
  'x509.unknown-authority': 'No path leads to a certificate that the role believes.',
  'x509.critical-extension': 'A certificate on the path says that something must be understood which is not.',
  'x509.purpose': 'A certificate on the path is not for authenticating clients (extended key usage).',
  'x509.key-usage': 'The certificate is not for digital signatures (key usage).',
  'x509.authority-as-client': "The client's own certificate is an authority's.",
  'x509.no-authority': 'A certificate on the path was issued by one that is no authority.',
  'x509.path-length': 'An authority on the path may not have so many authorities below it.',
  'x509.name-constraints': 'An authority on the path may not issue certificates for these names.',
  'x509.ambiguous-name': 'The subject of the certificate has more than one common name.',
  'x509.revoked': 'A certificate on the path is on a revocation list of its authority.',
  'x509.revocation-unknown': 'The revocation list of an authority on the path is too old, or was made in the future.',
};
