import { z } from 'zod';
import { checkIssuerSettings, type IssuerSettings, type KeyLocation } from '../../jwt/issuer-settings.ts';
import { platformOf, platforms } from '../../platforms/catalogue.ts';
import { genericPlatform } from '../../platforms/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { invalidField } from '../invalid-field.ts';

/** Whose JWTs a mount believes. Empty texts and lists are not set. */
export interface JwtConfig {
  readonly oidcDiscoveryUrl: string;
  readonly oidcDiscoveryCaPem: string;
  readonly jwksUrl: string;
  readonly jwksCaPem: string;
  /** Public keys or certificates as PEM. */
  readonly jwtValidationPubkeys: readonly string[];
  /** A JWK set as JSON text, for issuers that cannot be asked. */
  readonly jwks: string;
  readonly boundIssuer: string;
  readonly jwtSupportedAlgs: readonly string[];
  readonly defaultRole: string;
  /** Vault's peculiarities of single providers; must be empty. */
  readonly providerConfig: Readonly<Record<string, unknown>>;
  readonly namespaceInState: boolean;
  /** Kind of a {@link Platform}; `generic` when empty. */
  readonly platform: string;
  /** Whether the issuer may be at a private address, and speak plain HTTP. */
  readonly internal: boolean;
  readonly spiffeTrustDomain: string;
}

const pem = z.string().max(256 * 1024);
const url = z.string().max(2048);

export const jwtConfigFields = {
  oidcDiscoveryUrl: url,
  oidcDiscoveryCaPem: pem,
  jwksUrl: url,
  jwksCaPem: pem,
  jwtValidationPubkeys: z.array(z.string().max(16 * 1024)).max(100),
  jwks: pem,
  boundIssuer: z.string().max(1024),
  jwtSupportedAlgs: z.array(z.string().max(16)).max(16),
  defaultRole: z.string().max(256),
  providerConfig: z.record(z.string().max(256), z.unknown()),
  namespaceInState: z.boolean(),
  platform: z.string().max(64),
  internal: z.boolean(),
  spiffeTrustDomain: z.string().regex(/^[a-z0-9._-]{0,255}$/, 'is no SPIFFE trust domain'),
};

export const newJwtConfig: JwtConfig = {
  oidcDiscoveryUrl: '',
  oidcDiscoveryCaPem: '',
  jwksUrl: '',
  jwksCaPem: '',
  jwtValidationPubkeys: [],
  jwks: '',
  boundIssuer: '',
  jwtSupportedAlgs: [],
  defaultRole: '',
  providerConfig: {},
  namespaceInState: true,
  platform: '',
  internal: false,
  spiffeTrustDomain: '',
};

/** The platform of a mount; the generic one where none is named, or where nothing is configured yet. */
export function platformOfConfig(config: Pick<JwtConfig, 'platform'> | undefined): Platform {
  return (config && platformOf(config.platform)) ?? genericPlatform;
}

const settings = new WeakMap<JwtConfig, IssuerSettings>();

/** The same object for the same configuration: it is asked for with every login. */
export function issuerOf(config: JwtConfig): IssuerSettings {
  const known = settings.get(config);
  if (known !== undefined) return known;
  const made = makeSettings(config);
  settings.set(config, made);
  return made;
}

function makeSettings(config: JwtConfig): IssuerSettings {
  const { oidcDiscoveryUrl, boundIssuer, jwtSupportedAlgs, internal } = config;
  const platform = platformOfConfig(config);
  const issuer = boundIssuer || platform.issuer || oidcDiscoveryUrl;
  return {
    issuer: platform.withoutIssuer === true ? '' : issuer,
    // Azure's first version names the token's issuer in a document that is found elsewhere; with all others the URL is the issuer.
    discoveryIssuer: oidcDiscoveryUrl !== '' && platform.kind !== 'azure' ? oidcDiscoveryUrl : undefined,
    keys: keysOf(config),
    algorithms: jwtSupportedAlgs.length === 0 ? platform.algorithms : jwtSupportedAlgs,
    caPem: config.oidcDiscoveryCaPem || config.jwksCaPem || undefined,
    internal,
  };
}

function keysOf({ oidcDiscoveryUrl, jwksUrl, jwks, jwtValidationPubkeys }: JwtConfig): KeyLocation {
  if (jwksUrl !== '') return { from: 'jwks', url: jwksUrl };
  if (jwks !== '' || jwtValidationPubkeys.length > 0) {
    return { from: 'static', jwks: jwks || undefined, pems: jwtValidationPubkeys };
  }
  return { from: 'discovery', url: oidcDiscoveryUrl || undefined };
}

/** @throws WatchwordError `login.invalid` */
export function checkedJwtConfig(config: JwtConfig): JwtConfig {
  if (config.platform !== '' && platformOf(config.platform) === undefined) {
    invalidField('platform', `must be one of ${platforms.map(({ kind }) => kind).join(', ')}`);
  }
  if (Object.keys(config.providerConfig).length > 0)
    invalidField('providerConfig', 'is not supported: name the platform instead');
  const platform = platformOfConfig(config);
  checkSource(config, platform);
  checkIssuerName(config, platform);
  checkIssuerSettings(issuerOf(config));
  return config;
}

function checkSource({ oidcDiscoveryUrl, jwksUrl, jwks, jwtValidationPubkeys }: JwtConfig, platform: Platform): void {
  const given = [oidcDiscoveryUrl !== '', jwksUrl !== '', jwks !== '' || jwtValidationPubkeys.length > 0].filter(Boolean).length;
  const names = 'oidc_discovery_url, jwks_url, and jwks or jwt_validation_pubkeys';
  if (given > 1) invalidField('oidcDiscoveryUrl', `only one of ${names} says where the keys come from`);
  if (given === 0 && platform.issuer === undefined) invalidField('oidcDiscoveryUrl', `one of ${names} must be set`);
}

function checkIssuerName({ boundIssuer, internal, spiffeTrustDomain, oidcDiscoveryUrl }: JwtConfig, platform: Platform): void {
  const spiffe = platform.withoutIssuer === true;
  if (spiffe !== (spiffeTrustDomain !== '')) {
    invalidField(
      'spiffeTrustDomain',
      spiffe ? 'must be set: it says whose ids are believed' : 'goes with the platform spiffe only',
    );
  }
  if (spiffe) {
    if (boundIssuer !== '' || oidcDiscoveryUrl !== '')
      invalidField('boundIssuer', 'SPIFFE tokens have no issuer: give the trust bundle');
    return;
  }
  const issuer = boundIssuer || platform.issuer || oidcDiscoveryUrl;
  if (issuer === '') invalidField('boundIssuer', 'must be set: tokens of any issuer are never accepted');
  if (!internal && platform.issuerForm?.test(issuer) === false) {
    invalidField('boundIssuer', `is no issuer of the platform ${platform.kind}`);
  }
}
