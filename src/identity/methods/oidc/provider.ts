import type { Clock, Network, OutgoingAnswer } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { refusedLogin, unavailableLogin } from '../../login-refusal.ts';
import type { OidcConfig } from './settings.ts';

/** What the provider's discovery document says of its endpoints. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly deviceAuthorization: string | undefined;
}

interface Known {
  readonly endpoints: Endpoints;
  readonly until: number;
}

/** What a provider told about a device that wants to log in (RFC 8628). */
export interface DeviceAuthorization {
  readonly deviceCode: Secret;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
}

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;
const KEPT_MS = 10 * 60_000;
const MOST_KNOWN = 100;

/** An OpenID provider as its client: endpoints by discovery, codes exchanged for ID tokens. */
export class OidcProvider {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor({ network, clock }: { readonly network: Network; readonly clock: Clock }) {
    this.#network = network;
    this.#clock = clock;
  }

  /** @throws WatchwordError `login.unavailable` */
  async endpoints(config: OidcConfig): Promise<Endpoints> {
    const key = JSON.stringify([config.discoveryUrl, config.discoveryCaPem, config.internal]);
    const known = this.#known.get(key);
    if (known !== undefined && known.until > this.#clock.now()) return known.endpoints;
    const endpoints = endpointsIn(await this.#discover(config), config);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, { endpoints, until: this.#clock.now() + KEPT_MS });
    return endpoints;
  }

  /** The ID token for an authorization code. @throws WatchwordError `login.refused`, `login.unavailable` */
  async exchange(config: OidcConfig, { code, redirectUri, verifier }: Exchange): Promise<Secret> {
    const { token } = await this.endpoints(config);
    const answer = await this.#post(config, token, {
      grant_type: 'authorization_code',
      code: code.text,
      redirect_uri: redirectUri,
      code_verifier: verifier.text,
    });
    const id = answer.status === 200 ? jsonOf(answer)['id_token'] : undefined;
    if (typeof id !== 'string') throw refusedLogin('oidc.code');
    return Secret.fromText(id);
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async authorizeDevice(config: OidcConfig, scopes: readonly string[]): Promise<DeviceAuthorization> {
    const { deviceAuthorization } = await this.endpoints(config);
    if (deviceAuthorization === undefined) throw refusedLogin('oidc.no-device-flow');
    const answer = await this.#post(config, deviceAuthorization, { scope: scopes.join(' '), client_id: config.clientId });
    const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = jsonOf(answer);
    if (answer.status !== 200 || ![device_code, user_code, verification_uri].every((text) => typeof text === 'string')) {
      throw refusedLogin('oidc.no-device-flow');
    }
    return {
      deviceCode: Secret.fromText(String(device_code)),
      userCode: String(user_code),
      verificationUri: String(verification_uri),
      verificationUriComplete: typeof verification_uri_complete === 'string' ? verification_uri_complete : undefined,
      expiresIn: secondsIn(expires_in, 600),
      interval: secondsIn(interval, 5),
    };
  }

  /** The ID token of a device whose person has agreed; `pending` while he has not. @throws WatchwordError `login.refused` */
  async deviceToken(config: OidcConfig, deviceCode: Secret): Promise<Secret | 'pending'> {
    const { token } = await this.endpoints(config);
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const answer = await this.#post(config, token, {
      grant_type: grant,
      device_code: deviceCode.text,
      client_id: config.clientId,
    });
    const { id_token, error } = jsonOf(answer);
    if (answer.status === 200 && typeof id_token === 'string') return Secret.fromText(id_token);
    if (error === 'authorization_pending' || error === 'slow_down') return 'pending';
    throw refusedLogin('oidc.device-denied');
  }

  async #discover(config: OidcConfig): Promise<Record<string, unknown>> {
    const url = `${config.discoveryUrl.replace(/\/+$/, '')}/.well-known/openid-configuration`;
    const answer = await this.#ask(config, { url, method: 'GET' });
    const document = answer.status === 200 ? jsonOf(answer) : {};
    if (document['issuer'] !== (config.boundIssuer || config.discoveryUrl)) throw unavailableLogin('oidc.discovery');
    return document;
  }

  /** The client proves itself by HTTP Basic (RFC 6749 § 2.3.1), where it has a secret. */
  async #post(config: OidcConfig, url: string, form: Record<string, string>): Promise<OutgoingAnswer> {
    const headers: Record<string, string> = {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
    };
    const secret = config.clientSecret;
    if (secret !== undefined) {
      const pair = `${encodeURIComponent(config.clientId)}:${encodeURIComponent(secret.text)}`;
      headers['Authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const body = new URLSearchParams(secret === undefined ? { ...form, client_id: config.clientId } : form).toString();
    return this.#ask(config, { url, method: 'POST', headers, body });
  }

  async #ask(
    { discoveryCaPem, internal }: OidcConfig,
    request: { url: string; method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
  ): Promise<OutgoingAnswer> {
    try {
      return await this.#network.request({
        ...request,
        ca: discoveryCaPem || undefined,
        allowPrivate: internal,
        allowPlain: internal,
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
      });
    } catch {
      throw unavailableLogin('oidc.unreachable');
    }
  }
}

export interface Exchange {
  readonly code: Secret;
  readonly redirectUri: string;
  /** PKCE (RFC 7636). */
  readonly verifier: Secret;
}

function endpointsIn(document: Record<string, unknown>, { internal }: OidcConfig): Endpoints {
  const url = (name: string): string | undefined => {
    const text = document[name];
    if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
    return internal || new URL(text).protocol === 'https:' ? text : undefined;
  };
  const [authorization, token] = [url('authorization_endpoint'), url('token_endpoint')];
  if (authorization === undefined || token === undefined) throw unavailableLogin('oidc.discovery');
  return { authorization, token, deviceAuthorization: url('device_authorization_endpoint') };
}

function jsonOf({ body }: OutgoingAnswer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function secondsIn(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 && value <= 3600 ? Math.ceil(value) : otherwise;
}
