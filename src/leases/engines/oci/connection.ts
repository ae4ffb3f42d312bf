import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { selfSigned } from './self-signed.ts';
import { certificatesIn, signingKeyIn } from './signer.ts';

/** A registry, and the key whose tokens it believes. */
export interface OciConnection {
  /** `https://registry.example`, without a path. */
  readonly url: string;
  /** The registry's `auth.token.service`. Empty: its host, with the port where there is one. */
  readonly service: string;
  /** The registry's `auth.token.issuer`. */
  readonly issuer: string;
  /** PEM. Made where none is given. */
  readonly signingKey: Secret | undefined;
  /** PEM of the key's certificate, and of those that lead to one in the registry's `rootcertbundle`. Made where none is given. */
  readonly certificate: string;
  /** Seconds that the registry goes on taking a token after its end. */
  readonly leeway: number;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
}

const LONGEST_CHAIN = 16_384;
const name = z.string().regex(/^[\x21-\x7e]{0,255}$/, 'must be printable ASCII without blanks');

export const ociConnectionFields = {
  url: z.string().max(512),
  service: name,
  issuer: name,
  signingKey: secretSchema.optional(),
  certificate: z.string().max(LONGEST_CHAIN),
  leeway: z.int().min(0).max(300),
  tlsCa: z.string().max(65_536),
} satisfies z.ZodRawShape;

export const newOciConnection: OciConnection = {
  url: '',
  service: '',
  issuer: 'watchword',
  signingKey: undefined,
  certificate: '',
  leeway: 60,
  tlsCa: '',
};

/** What clients call the registry: `registry.example:5000`. */
export const hostOf = ({ url }: Pick<OciConnection, 'url'>): string => new URL(url).host;

export const serviceOf = (connection: OciConnection): string => connection.service || hostOf(connection);

/**
 * Makes the signing key where there is none, and a certificate where none is given for this key.
 * @throws WatchwordError `engine.invalid`
 */
export async function completeOciConnection(said: OciConnection, before: OciConnection | undefined): Promise<OciConnection> {
  const { signingKey } = said;
  if (signingKey === undefined || signingKey.length === 0) {
    if (said.certificate !== '') invalidSetting('signing_key', 'goes with certificate');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { ...said, signingKey: Secret.fromText(pem), certificate: certified(privateKey) };
  }
  const key = keyOf(signingKey);
  const replaced = before?.signingKey !== undefined && !before.signingKey.bytes.equals(signingKey.bytes);
  const stale = replaced && said.certificate === before.certificate;
  return said.certificate === '' || stale ? { ...said, certificate: certified(key) } : said;
}

function certified(key: KeyObject): string {
  const base64 = selfSigned(key, 'Watchword, tokens for registries')
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function keyOf(signingKey: Secret): KeyObject {
  const key = signingKeyIn(signingKey);
  if (key === undefined) {
    invalidSetting(
      'signing_key',
      'must be a private key in PEM without a passphrase: EC on P-256 or P-384, or RSA from 2048 bits',
    );
  }
  return key;
}

const FORM = /^https?:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?\/?$/;

/** @throws WatchwordError `engine.invalid` */
export function checkOciConnection({ url, issuer, signingKey, certificate, tlsCa }: OciConnection): void {
  const parsed = FORM.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.port === '0') {
    invalidSetting('url', 'must be the URL of the registry without a path, such as https://registry.example');
  }
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname)) {
    invalidSetting('url', 'must be an https URL: tokens would travel in clear');
  }
  if (issuer === '') invalidSetting('issuer', 'must be set');
  if (signingKey === undefined) invalidSetting('signing_key', 'must be set');
  const [first] = certificatesIn(certificate) ?? invalidSetting('certificate', 'must be certificates in PEM, and nothing else');
  if (first?.publicKey.equals(createPublicKey(keyOf(signingKey))) !== true) {
    invalidSetting('certificate', 'must begin with the certificate of signing_key: this one is of another key');
  }
  if (tlsCa !== '' && certificatesIn(tlsCa) === undefined) invalidSetting('tls_ca', 'must be certificates in PEM');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
