import type { RefusalReasons } from '../login-refusal.ts';

/**
 * Why a token is refused. The checks run in a fixed order and the first that fails is named; all but `jwt.signature` speak of what
 * the token says, proven or not.
 */
export const jwtReasons: RefusalReasons = {
  'jwt.too-large': 'The token is longer than 16 KiB.',
  'jwt.malformed': 'It is no signed JWT in compact form: three parts of canonical base64url with two JSON objects.',
  'jwt.duplicate-member': 'Its header or its claims name a member twice, so that two readers may see different tokens.',
  'jwt.encrypted': 'It is an encrypted JWT; only signed ones are read.',
  'jwt.header': 'Its header asks for what is not done here: crit, b64, zip, a nested token, or a kid that is no short text.',
  'jwt.key-reference':
    'Its header brings a key or says where to fetch one (jku, x5u, jwk, x5c): keys come from the settings alone.',
  'jwt.type': 'Its header says that it is another sort of token (typ).',
  'jwt.algorithm': 'Its signature algorithm is not among those of the issuer, or does not go with the key that it names.',
  'jwt.claims-missing': 'A claim that is needed is missing: iss, sub, exp or iat.',
  'jwt.claims-malformed': 'A claim is not of the form that it must have, or holds characters that no name holds.',
  'jwt.issuer': 'It was issued by somebody else than the configured issuer.',
  'jwt.audience-missing': 'It is meant for nobody in particular (aud).',
  'jwt.audience': 'It is meant for somebody else: no audience of the role is among its own.',
  'jwt.audience-further': 'It is meant for others as well, and the role accepts tokens for its own audience only.',
  'jwt.expired': 'Its time is over (exp).',
  'jwt.not-yet-valid': 'Its time has not come (nbf, iat): the clocks differ, or it was made ahead.',
  'jwt.too-old': 'It was issued longer ago than the role allows (iat).',
  'jwt.lifetime': 'It is valid for longer than the role allows (exp − iat).',
  'jwt.unknown-key': 'The issuer has no such key, or the token does not say which of several it is.',
  'jwt.signature': 'The signature is not of the issuer.',
  'jwt.keys-pending':
    'It names a key that is not known, and the issuer cannot be asked for new ones yet; it may be told to try again.',
  'jwt.keys-unavailable': 'The keys of the issuer could not be fetched yet.',
  'jwt.keys-stale': 'The keys of the issuer could not be refreshed for longer than old ones are believed.',
};
