import { WatchwordError } from '../../foundation/errors.ts';

/** Path of the issuer below a server's address, as Vault forms it. */
export const VAULT_PATH = '/v1/identity/oidc';

export interface IssuerConfig {
  /** As it was given: `https://vault.example:8200`, or with a path. Empty: the server's own address. */
  readonly issuer: string;
  /** True where a bare origin is the issuer as it stands, without Vault's path. */
  readonly exactIssuer: boolean;
}

export const newIssuerConfig: IssuerConfig = { issuer: '', exactIssuer: false };

/**
 * The one text that tokens and discovery documents name the issuer by. Vault's path follows a bare origin, unless the
 * configuration says that it is exact; an issuer with a path of its own stands as it is.
 * @param address of the server: `https://127.0.0.1:8200`
 */
export function issuerName({ issuer, exactIssuer }: IssuerConfig, address: string): string {
  const name = issuer === '' ? address : issuer;
  return exactIssuer || hasPath(name) ? name : `${name}${VAULT_PATH}`;
}

/** Path of the issuer: what stands behind `/.well-known/…` at its origin (RFC 8414 § 3.1). Empty for a bare origin. */
export function pathOfIssuer(name: string): string {
  return hasPath(name) ? new URL(name).pathname : '';
}

export function originOf(name: string): string {
  return new URL(name).origin;
}

const hasPath = (name: string) => !/^https?:\/\/[^/]*$/.test(name);

/** @throws WatchwordError `issuer.invalid` for what no verifier would take (OpenID Connect Discovery 1.0 § 3, RFC 8414 § 2) */
export function checkIssuer({ issuer, exactIssuer }: IssuerConfig): void {
  if (issuer === '') {
    if (exactIssuer) throw invalid('must be said where it is exact');
    return;
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid('must be a URL with the scheme https');
  if (url.username !== '' || url.password !== '' || /[?#]/.test(issuer)) {
    throw invalid('may have scheme, host, port and path, and nothing else');
  }
  // Verifiers compare texts: only the one that every URL library prints is safe.
  const canonical = url.pathname === '/' ? url.origin : url.href;
  if (issuer !== canonical) throw invalid('must be written in lower case, without the usual port and without a slash at its end');
  if (issuer.endsWith('/')) throw invalid('must not end with a slash');
}

const invalid = (what: string) => new WatchwordError('issuer.invalid', `the issuer ${what}`, { where: 'issuer' });
