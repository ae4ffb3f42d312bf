import { isWatchwordError } from '../../../foundation/errors.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type IdentityToken,
  type IdentityTokens,
  type LeaseFacts,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { refusalOf, VendorApi, type VendorRequest } from '../vendor-api.ts';
import { endpointOf, type FederateConnection } from './connection.ts';
import { exchangeParameters, faultsOf } from './exchange.ts';
import { impersonatedToken, impersonationRequest } from './impersonation.ts';
import type { FederationPreset } from './presets.ts';
import type { FederateRole } from './role.ts';
import { type AccessToken, faultIn, tokenIn } from './token-answer.ts';

/** Nothing is made before the target is asked. */
export type FederateMaterial = Record<string, never>;

/** What there is to know of a token later: it can't be found again, nor taken back. */
export interface FederateHandle {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** `jti` and `sub` of the workload's token that it was given for: logs of the target name it by these. */
  readonly identityTokenId: string;
  readonly subject: string;
}

type Ref = CredentialRef<FederateRole, FederateMaterial, FederateHandle>;

/** Clocks differ, and targets count from when they answer. */
const TOLERANCE_MS = 300_000;
/** No token: shown to see whether somebody is there who looks at tokens. */
const NO_TOKEN = 'watchword-check';

/** A token endpoint that believes our issuer. */
export class FederateTarget implements Target<FederateRole, FederateMaterial, FederateHandle> {
  readonly #connection: FederateConnection;
  readonly #endpoint: FederationPreset;
  readonly #on: EngineDependencies;
  readonly #api: VendorApi;

  constructor(connection: FederateConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#endpoint = endpointOf(connection);
    this.#on = on;
    this.#api = new VendorApi(on.network, connection);
  }

  async check(roles: readonly FederateRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    await this.#checkEndpoint(signal);
    const faults = new Set(roles.flatMap((role) => faultsOf(this.#connection, role)));
    return [
      ...(await this.#signingShortfall()),
      ...[...faults].map((what) => ({ what, remedy: 'say it in the connection or the role: client_id, scope or parameters' })),
    ];
  }

  async tryRole(role: FederateRole): Promise<void> {
    const [fault] = faultsOf(this.#connection, role);
    if (fault !== undefined) invalidSetting('parameters', fault);
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall): Promise<Created<FederateHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const [fault] = faultsOf(this.#connection, role);
    if (fault !== undefined) throw new TargetError('refused', fault);
    this.#checkTime(lease, role);
    const identity = await this.#identityToken(lease);
    const first = await this.#exchange(role, identity, signal);
    const token = role.impersonate === '' ? first : await this.#impersonate(lease, role, first, signal);
    const expiresAt = this.#on.clock.now() + token.expiresIn * 1000;
    if (expiresAt > lease.expiresAt + TOLERANCE_MS) throw this.#tooLong(token.expiresIn);
    return {
      handle: { expiresAt: Math.min(expiresAt, lease.expiresAt), identityTokenId: identity.id, subject: identity.subject },
      output: {
        accessToken: token.token,
        tokenType: 'Bearer',
        expiresIn: token.expiresIn,
        ...(token.scope === '' ? {} : { scope: token.scope }),
      },
      expiresAt,
    };
  }

  /** Ends by itself. */
  async revoke(): Promise<void> {}

  async probe({ handle }: Ref): Promise<number | undefined> {
    return handle !== undefined && handle.expiresAt > this.#on.clock.now() ? handle.expiresAt : undefined;
  }

  async close(): Promise<void> {}

  /** Before anything is asked: a token that goes on when its lease is over would be one that nobody knows of. */
  #checkTime({ expiresAt }: LeaseFacts, { impersonate }: FederateRole): void {
    const { longest = 0 } = this.#endpoint;
    // Who asks for a service account's says how long.
    if (impersonate !== '' || expiresAt + TOLERANCE_MS >= this.#on.clock.now() + longest * 1000) return;
    throw this.#tooLong(longest);
  }

  #tooLong(seconds: number): TargetError {
    return new TargetError(
      'refused',
      `the target's tokens live ${seconds} seconds, and the lease is shorter: set default_ttl=${seconds}s or more`,
    );
  }

  get #identityTokens(): IdentityTokens {
    const { identityTokens } = this.#on;
    if (identityTokens === undefined) throw new TargetError('refused', 'there is no issuer of tokens');
    return identityTokens;
  }

  async #identityToken({ session = '', expiresAt }: LeaseFacts): Promise<IdentityToken> {
    const { oidcRole: role } = this.#connection;
    const ttl = Math.max(1, Math.ceil((expiresAt - this.#on.clock.now()) / 1000));
    try {
      return await this.#identityTokens.sign({ role, audience: this.#endpoint.audience, ttl, session });
    } catch (error) {
      if (!isWatchwordError(error)) throw error;
      throw new TargetError('refused', `no token of the workload's: ${error.message}`, { cause: error });
    }
  }

  async #signingShortfall(): Promise<readonly Shortfall[]> {
    const { oidcRole: role } = this.#connection;
    const { audience } = this.#endpoint;
    try {
      await this.#identityTokens.check({ role, audience });
      return [];
    } catch (error) {
      if (!isWatchwordError(error)) throw error;
      const named = audience === '' ? '' : ` audiences=${audience}`;
      const remedy = `watchword write identity/oidc/role/${role} key=KEY subject=workload${named}, with a key that lets it`;
      return [{ what: `sign tokens of workloads for the target (${error.message})`, remedy }];
    }
  }

  /** @throws TargetError where there is nobody who knows what a token is */
  async #checkEndpoint(signal: AbortSignal): Promise<void> {
    const request = { ...this.#request(exchangeParameters(this.#connection, noRole, NO_TOKEN), signal), changes: false };
    const answer = await this.#api.ask(request);
    const said = faultIn(answer.json);
    if (answer.status === 429 || answer.status >= 500) throw refusalOf(request, answer, said ?? '');
    const isEndpoint = answer.status >= 400 && said !== undefined && answer.status !== 404 && answer.status !== 405;
    if (!isEndpoint) throw new TargetError('refused', `${answer.status}, which is no answer of a token endpoint`);
  }

  async #exchange(role: FederateRole, identity: IdentityToken, signal: AbortSignal): Promise<AccessToken> {
    const parameters = exchangeParameters(this.#connection, role, identity.token.text);
    const request = { ...this.#request(parameters, signal), secrets: [identity.token] };
    const answer = await this.#api.ask(request);
    if (answer.status !== 200) {
      const { issuer, subject, audience } = identity;
      const said = faultIn(answer.json) ?? 'no answer of a token endpoint';
      throw refusalOf(request, answer, `${said} (it was shown iss=${issuer} sub=${subject} aud=${audience})`);
    }
    const token = tokenOrRefusal(tokenIn(answer.json));
    if (token.token.bytes.equals(identity.token.bytes)) throw new TargetError('refused', 'what was shown came back: no token');
    return token;
  }

  async #impersonate(lease: LeaseFacts, role: FederateRole, first: AccessToken, signal: AbortSignal): Promise<AccessToken> {
    const { impersonation: url = '', scope: usual = '' } = this.#endpoint;
    const now = this.#on.clock.now();
    const scope = role.scope || usual;
    const lifetime = Math.floor((lease.expiresAt - now) / 1000);
    const request = impersonationRequest({ url, account: role.impersonate, scope, lifetime }, first, signal);
    const answer = await this.#api.ask(request);
    if (answer.status !== 200) throw refusalOf(request, answer, faultIn(answer.json) ?? '');
    return tokenOrRefusal(impersonatedToken(answer.json, scope, now));
  }

  #request(parameters: Readonly<Record<string, string>>, signal: AbortSignal): VendorRequest {
    const { tokenUrl, encoding, headers } = this.#endpoint;
    return {
      what: 'the token endpoint',
      method: 'POST',
      url: tokenUrl,
      ...(headers === undefined ? {} : { headers }),
      body: encoding === 'form' ? new URLSearchParams(parameters) : parameters,
      signal,
      changes: true,
    };
  }
}

const noRole: FederateRole = { scope: '', parameters: {}, impersonate: '' };

function tokenOrRefusal(read: AccessToken | string): AccessToken {
  if (typeof read === 'string') throw new TargetError('refused', read);
  return read;
}
