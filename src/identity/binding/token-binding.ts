import type { RefusalReasons } from '../login-refusal.ts';

/** A token is of use only together with a key: who has stolen the one still lacks the other. */
export interface TokenBinding {
  /** `mtls`: the connection shows the certificate (RFC 8705). `dpop`: each request is signed (RFC 9449). */
  readonly kind: 'mtls' | 'dpop';
  /** base64url SHA-256: of the certificate (`x5t#S256`), or of the public key as a JWK (`jkt`, RFC 7638). */
  readonly thumbprint: string;
}

/** Why a bound token is not given, or not accepted. */
export const bindingReasons: RefusalReasons = {
  'binding.certificate-missing': 'The token is bound to a client certificate, or is to be, and the connection shows none.',
  'binding.certificate': 'The token is bound to another client certificate than that of the connection.',
  'binding.proof-missing': 'The token is bound to a key, or is to be, and the request carries no DPoP proof.',
  'binding.proof-malformed': 'The DPoP proof is no such JWT: typ, jwk, jti, htm, htu and iat in strict JSON, nothing critical.',
  'binding.proof-algorithm':
    'The DPoP proof is signed by another algorithm than ES256, EdDSA and RS256, or not by one of its key.',
  'binding.proof-key': 'The key in the DPoP proof is private, symmetric, weak or of another sort.',
  'binding.proof-signature': 'The DPoP proof is not signed by the key in it.',
  'binding.proof-method': 'The DPoP proof is for another HTTP method.',
  'binding.proof-url': 'The DPoP proof is for another URL.',
  'binding.proof-time': 'The DPoP proof was not made within the last minute, or the clocks differ by more.',
  'binding.proof-token': 'The DPoP proof is for another token (ath), or for none.',
  'binding.proof-other-key': 'The token is bound to another key than that of the DPoP proof.',
  'binding.proof-replayed': 'The DPoP proof was used for another request.',
};
