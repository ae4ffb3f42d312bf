import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { WatchwordError } from '../../foundation/errors.ts';
import { isSpecialAddress } from '../../foundation/special-addresses.ts';
import { parseJwks, parsePems } from './key-set-text.ts';
import { type KeyFault, signatureAlgorithms } from './verification-key.ts';

/** Where the keys of an issuer are found. */
export type KeyLocation =
  /** The OpenID Connect discovery document below `url`, or below the issuer itself. */
  | { readonly from: 'discovery'; readonly url?: string | undefined }
  | { readonly from: 'jwks'; readonly url: string }
  /** Given by hand: a JWK set as JSON text, public keys or certificates as PEM, or both. */
  | { readonly from: 'static'; readonly jwks?: string | undefined; readonly pems?: readonly string[] | undefined };

/** Whose tokens are believed, and how their keys are found. Which of them may log in is the role's to say. */
export interface IssuerSettings {
  /** Exactly as the tokens say it in `iss`; empty for issuers that name themselves nowhere, as SPIFFE's do. */
  readonly issuer: string;
  /** What the discovery document says of itself where that is another text than `iss`; Azure's does. */
  readonly discoveryIssuer?: string | undefined;
  readonly keys: KeyLocation;
  /** Of {@link signatureAlgorithms}. */
  readonly algorithms: readonly string[];
  /** The only authorities that are believed about where the keys come from; the system's when absent. */
  readonly caPem?: string | undefined;
  /** Whether the URLs may lead to private addresses and be plain HTTP. */
  readonly internal: boolean;
}

const urlText = z.string().max(2048);

export const issuerSettingsSchema = z.strictObject({
  issuer: z.string().max(1024),
  discoveryIssuer: z.string().max(1024).optional(),
  keys: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('discovery'), url: urlText.optional() }),
    z.strictObject({ from: z.literal('jwks'), url: urlText }),
    z.strictObject({
      from: z.literal('static'),
      jwks: z
        .string()
        .max(256 * 1024)
        .optional(),
      pems: z
        .array(z.string().max(16 * 1024))
        .max(100)
        .optional(),
    }),
  ]),
  algorithms: z.array(z.string().max(16)).min(1).max(signatureAlgorithms.length),
  caPem: z
    .string()
    .max(256 * 1024)
    .optional(),
  internal: z.boolean(),
});

/** @throws WatchwordError `login.invalid` for settings that could not work, or would not be safe */
export function checkIssuerSettings({ issuer, discoveryIssuer, keys, algorithms, caPem, internal }: IssuerSettings): void {
  for (const name of algorithms) {
    if (!signatureAlgorithms.includes(name)) refuse('algorithms', `only ${signatureAlgorithms.join(', ')} are verified`);
  }
  if (algorithms.length === 0) refuse('algorithms', 'at least one signature algorithm must be named');
  if (caPem !== undefined) checkAuthorities(caPem);
  if (discoveryIssuer !== undefined && keys.from !== 'discovery') refuse('discoveryIssuer', 'there is no discovery document');
  switch (keys.from) {
    case 'discovery':
      if (issuer === '') refuse('issuer', 'with discovery, the issuer must be named');
      checkUrl(keys.url ?? issuer, internal);
      break;
    case 'jwks':
      checkUrl(keys.url, internal);
      break;
    case 'static':
      checkStatic(keys, algorithms);
  }
}

function refuse(where: string, message: string): never {
  throw new WatchwordError('login.invalid', message, { where });
}

function checkUrl(text: string, internal: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : refuse('keys.url', 'the keys are to be fetched from something that is no URL');
  if (url.protocol !== 'https:' && !(internal && url.protocol === 'http:'))
    refuse('keys.url', 'keys are fetched over https only');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    refuse('keys.url', 'a URL for keys has neither credentials nor a fragment');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!internal && (isIP(host) !== 0 ? isSpecialAddress(host) : /(?:^|\.)localhost\.?$/.test(host))) {
    refuse('keys.url', 'a private address is asked only where the issuer is marked as internal');
  }
}

function checkAuthorities(pem: string): void {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || pem.includes('PRIVATE KEY') || !certificates.every(isCertificate)) {
    refuse('caPem', 'the authorities must be certificates, as PEM');
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

const faults: Readonly<Record<Exclude<KeyFault, 'other-use'>, string>> = {
  private: 'holds a private key: replace it everywhere, and give the public one',
  symmetric: 'holds a symmetric key: whoever verifies with it could issue tokens as well',
  weak: 'holds an RSA key that is too weak: 2048 to 8192 bits are believed',
  unsupported: 'holds a key of a kind, or for an algorithm, that is not verified',
  malformed: 'does not parse',
};

function checkStatic({ jwks, pems }: KeyLocation & { readonly from: 'static' }, algorithms: readonly string[]): void {
  const set = jwks === undefined ? { keys: [], faults: [] } : (parseJwks(jwks) ?? refuse('keys.jwks', 'is no JWK set'));
  const plain = parsePems(pems ?? []);
  refuseFaults('keys.jwks', set.faults);
  refuseFaults('keys.pems', plain.faults);
  const usable = [...set.keys, ...plain.keys].some((key) => key.algorithms.some((name) => algorithms.includes(name)));
  if (!usable) refuse('keys', 'none of the keys goes with one of the algorithms');
}

function refuseFaults(where: string, found: readonly KeyFault[]): void {
  for (const fault of found) if (fault !== 'other-use') refuse(where, faults[fault]);
}
