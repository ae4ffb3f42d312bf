import type { JsonObject } from '../../foundation/exact-json.ts';
import type { Secret } from '../../foundation/secret.ts';
import { refusedLogin } from '../login-refusal.ts';
import { parseStrictJson } from './strict-json.ts';

const LONGEST = 16 * 1024;
const LONGEST_KID = 512;

/** A JWT as it was sent, taken apart; nothing of it is proven. */
export interface UnverifiedToken {
  readonly text: string;
  readonly algorithm: string;
  readonly kid: string | undefined;
  /** `typ` in lower case and without `application/`; empty where the token does not say it. */
  readonly type: string;
  readonly claims: JsonObject;
}

/** @throws WatchwordError `login.refused` for what is no JWT (RFC 7519, RFC 7515 § 7.1) that is verified here */
export function readToken(token: Secret, algorithms: readonly string[]): UnverifiedToken {
  if (token.length > LONGEST) throw refusedLogin('jwt.too-large');
  const { text } = token;
  const parts = text.split('.');
  if (parts.length === 5 && parts.every(isBase64urlText)) throw refusedLogin('jwt.encrypted');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !isBase64urlText(signature)) throw refusedLogin('jwt.malformed');
  const { algorithm, kid, type } = readHeader(decoded(header), algorithms);
  const claims = decoded(payload);
  if (!isCanonical(signature)) throw refusedLogin('jwt.malformed');
  return { text, algorithm, kid, type, claims };
}

const isBase64urlText = (part: string) => /^[A-Za-z0-9_-]*$/.test(part);

/** One text for the same bytes (RFC 4648 § 3.5): no padding, no stray bits in the last character. */
const isCanonical = (part: string) => Buffer.from(part, 'base64url').toString('base64url') === part;

function decoded(part: string): JsonObject {
  if (part === '' || !isBase64urlText(part) || !isCanonical(part)) throw refusedLogin('jwt.malformed');
  const parsed = parseStrictJson(Buffer.from(part, 'base64url'));
  if ('fault' in parsed) throw refusedLogin(`jwt.${parsed.fault}`);
  return parsed.object;
}

const keyReferences = ['jku', 'x5u', 'jwk', 'x5c'];
/** What must be understood and is not: critical extensions (RFC 7515), detached payloads (RFC 7797), JWE's own. */
const foreignParameters = ['crit', 'b64', 'zip', 'enc', 'epk'];

function readHeader(header: JsonObject, algorithms: readonly string[]): Pick<UnverifiedToken, 'algorithm' | 'kid' | 'type'> {
  const { alg, kid, typ = '', cty } = header;
  const holds = (name: string) => Object.hasOwn(header, name);
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw refusedLogin('jwt.algorithm');
  if (keyReferences.some(holds)) throw refusedLogin('jwt.key-reference');
  if (foreignParameters.some(holds) || (typeof cty === 'string' && isNested(cty))) throw refusedLogin('jwt.header');
  if (kid !== undefined && !isKid(kid)) throw refusedLogin('jwt.header');
  if (typeof typ !== 'string') throw refusedLogin('jwt.header');
  return { algorithm: alg, kid, type: plainType(typ) };
}

const isKid = (kid: unknown): kid is string =>
  typeof kid === 'string' && kid.length > 0 && kid.length <= LONGEST_KID && /^\P{C}+$/u.test(kid);

/** RFC 7515 § 4.1.9: compared without regard to case, and `application/` may be left out. */
const plainType = (type: string) => type.toLowerCase().replace(/^application\//, '');

const isNested = (contentType: string) => plainType(contentType) === 'jwt';
