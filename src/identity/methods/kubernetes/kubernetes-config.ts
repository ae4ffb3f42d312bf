import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { checkIssuerSettings, type IssuerSettings, type KeyLocation } from '../../jwt/issuer-settings.ts';
import { eksPlatform, kubernetesPlatform } from '../../platforms/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { invalidField } from '../invalid-field.ts';

/** The cluster of a mount. Empty texts and lists are not set. */
export interface KubernetesConfig {
  /** URL of the API server, for TokenReview. */
  readonly kubernetesHost: string;
  /** PEM of the only authorities that are believed about the cluster; the system's when empty. */
  readonly kubernetesCaCert: string;
  /** With what TokenReview is asked; without it, with the token that logs in. */
  readonly tokenReviewerJwt?: Secret | undefined;
  /** Keys of the cluster's tokens, as PEM or as a JWK set. */
  readonly pemKeys: readonly string[];
  readonly jwks: string;
  readonly jwksUrl: string;
  readonly issuer: string;
  /** Never true: a cluster's tokens are known by their issuer. */
  readonly disableIssValidation: false;
  /** Kept for clients that set it: this server never uses a token or a CA of the pod that it runs in. */
  readonly disableLocalCaJwt: boolean;
  readonly useAnnotationsAsAliasMetadata: false;
  /** Who says that a token is good: its signature, or the API server; empty = the API server where one is named. */
  readonly review: '' | 'jwks' | 'token-review';
  /** How people call the cluster; told in the token. */
  readonly cluster: string;
  /** For roles that name no audience. */
  readonly defaultAudience: string;
  /** Whether keys may be fetched from a private address, and over plain HTTP. */
  readonly internal: boolean;
}

const pem = z.string().max(256 * 1024);

export const kubernetesConfigFields = {
  kubernetesHost: z.string().max(2048),
  kubernetesCaCert: pem,
  tokenReviewerJwt: secretSchema,
  pemKeys: z.array(z.string().max(16 * 1024)).max(100),
  jwks: pem,
  jwksUrl: z.string().max(2048),
  issuer: z.string().max(1024),
  disableIssValidation: z.literal(false, 'is not possible: without it, tokens of any cluster with the same key would do'),
  disableLocalCaJwt: z.boolean(),
  useAnnotationsAsAliasMetadata: z.literal(false, 'is not supported: annotations are no part of a token'),
  review: z.enum(['', 'jwks', 'token-review']),
  cluster: z.string().max(128),
  defaultAudience: z.string().max(256),
  internal: z.boolean(),
};

export const newKubernetesConfig: KubernetesConfig = {
  kubernetesHost: '',
  kubernetesCaCert: '',
  pemKeys: [],
  jwks: '',
  jwksUrl: '',
  issuer: '',
  disableIssValidation: false,
  disableLocalCaJwt: false,
  useAnnotationsAsAliasMetadata: false,
  review: '',
  cluster: '',
  defaultAudience: '',
  internal: false,
};

export function asksApiServer({ review, kubernetesHost }: KubernetesConfig): boolean {
  return review === 'token-review' || (review === '' && kubernetesHost !== '');
}

/** Clusters of EKS are known by their issuer. */
export function clusterPlatform({ issuer }: Pick<KubernetesConfig, 'issuer'>): Platform {
  return eksPlatform.issuerForm?.test(issuer) === true ? eksPlatform : kubernetesPlatform;
}

/** Whether there are keys to verify with, besides asking the API server. */
export function hasKeys(config: KubernetesConfig): boolean {
  return !asksApiServer(config) || config.pemKeys.length > 0 || config.jwks !== '' || config.jwksUrl !== '';
}

const settings = new WeakMap<KubernetesConfig, IssuerSettings>();

/** The same object for the same configuration: it is asked for with every login. */
export function clusterIssuer(config: KubernetesConfig): IssuerSettings {
  const known = settings.get(config);
  if (known !== undefined) return known;
  const { issuer, kubernetesCaCert, internal } = config;
  const { algorithms } = clusterPlatform(config);
  const made = { issuer, keys: keysOf(config), algorithms, caPem: kubernetesCaCert || undefined, internal };
  settings.set(config, made);
  return made;
}

function keysOf({ jwksUrl, jwks, pemKeys }: KubernetesConfig): KeyLocation {
  if (jwksUrl !== '') return { from: 'jwks', url: jwksUrl };
  if (jwks !== '' || pemKeys.length > 0) return { from: 'static', jwks: jwks || undefined, pems: pemKeys };
  return { from: 'discovery' };
}

/** @throws WatchwordError `login.invalid` */
export function checkedKubernetesConfig(config: KubernetesConfig): KubernetesConfig {
  const { kubernetesHost, issuer, jwksUrl, jwks, pemKeys, tokenReviewerJwt } = config;
  if (jwksUrl !== '' && (jwks !== '' || pemKeys.length > 0))
    invalidField('jwksUrl', 'keys are either fetched or given, not both');
  if (asksApiServer(config)) {
    if (!isApiServer(kubernetesHost)) invalidField('kubernetesHost', 'must be the https URL of the API server');
  } else if (issuer === '') {
    invalidField('issuer', 'must be set: a cluster is told from others by the issuer of its tokens');
  } else if (tokenReviewerJwt !== undefined) {
    invalidField('tokenReviewerJwt', 'is of use with review=token-review only');
  }
  if (hasKeys(config)) checkIssuerSettings(clusterIssuer(config));
  return config;
}

function isApiServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
