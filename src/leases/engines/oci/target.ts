import { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { hostOf, type OciConnection, serviceOf } from './connection.ts';
import { RegistryApi } from './registry-api.ts';
import type { OciMaterial } from './request.ts';
import type { OciRole, Verb } from './role.ts';
import { certificatesIn, signingKeyIn, TokenSigner } from './signer.ts';

/** The registry keeps nothing of a token. */
export interface OciHandle {
  /** `jti`, which stands in the registry's log. */
  readonly tokenId: string;
}

type Ref = CredentialRef<OciRole, OciMaterial, OciHandle>;

/** What a token is about. */
interface Access {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly string[];
}

/** Seconds: long enough for clocks that differ, too short for anything else. */
const PROBE_TTL = 60;
/** Seconds by which the end of a token is tried on either side of where it should be. */
const PROBE_MARGIN = 10;

/** One registry. It is asked nothing but whether it believes us; tokens are made here. */
export class OciTarget implements Target<OciRole, OciMaterial, OciHandle> {
  readonly #connection: OciConnection;
  readonly #on: EngineDependencies;
  readonly #registry: RegistryApi;
  #signer: TokenSigner | undefined;

  constructor(connection: OciConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#registry = new RegistryApi(connection, on.network);
  }

  /** By tokens that are good for nothing but to be believed. */
  async check(_roles: readonly OciRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    const { status, scheme, service } = await this.#registry.greet(undefined, signal);
    if (status === 200) return [OPEN];
    if (scheme !== 'bearer')
      return [{ what: `use tokens: the registry asks for ${scheme || 'something else'}`, remedy: CONFIGURE }];
    const expected = serviceOf(this.#connection);
    if (service !== expected) {
      const remedy = `set service=${service} in config/registry of this mount, or set auth.token.service of the registry to ${expected}`;
      return [{ what: `be for the registry: it is the service ${JSON.stringify(service)}`, remedy }];
    }
    if (!(await this.#believed(this.#connection.leeway + PROBE_TTL, signal))) return [this.#mistrust()];
    return await this.#checkEnd(signal);
  }

  async create({ lease, material }: Ref): Promise<Created<OciHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const { tokenId, issuedAt } = material;
    const end = wholeSeconds(lease.expiresAt);
    if (end <= this.#on.clock.now()) throw new TargetError('refused', 'it would have ended already');
    const times = { issuedAt: Math.floor(issuedAt / 1000), end: end / 1000 };
    const token = await this.#sign({ subject: lease.externalName, tokenId, access: accessOf(material), ...times });
    const registry = hostOf(this.#connection);
    const config = JSON.stringify({ auths: { [registry]: { registrytoken: token.text } } });
    const { repositories, verbs } = material;
    return {
      handle: { tokenId },
      expiresAt: end,
      output: { registry, repositories, verbs, tokenId, token, dockerConfig: Secret.fromText(config) },
    };
  }

  /** There is nothing that could be done: the registry asks nobody, and a token is good until its end. */
  async revoke(): Promise<void> {}

  async probe({ lease }: Ref): Promise<number> {
    return wholeSeconds(lease.expiresAt);
  }

  async close(): Promise<void> {
    this.#signer = undefined;
  }

  /** @param seconds from now to the end of a token, as the registry should see it */
  async #believed(seconds: number, signal: AbortSignal): Promise<boolean> {
    const now = Math.floor(this.#on.clock.now() / 1000);
    const tokenId = this.#on.random.bytes(16).toString('base64url');
    const token = await this.#sign({ subject: 'watchword', tokenId, access: [], issuedAt: now, end: now + seconds });
    const { status } = await this.#registry.greet(token, signal);
    return status === 200;
  }

  async #checkEnd(signal: AbortSignal): Promise<readonly Shortfall[]> {
    const { leeway } = this.#connection;
    if (await this.#believed(-PROBE_MARGIN, signal)) {
      const what = `end tokens with their leases: the registry takes them for more than ${leeway} seconds after their end, or its clock is late`;
      return [{ what, remedy: 'set the clock right, or give the connection a longer leeway' }];
    }
    if (leeway > PROBE_MARGIN && !(await this.#believed(PROBE_MARGIN, signal))) {
      const what = `use tokens until their leases end: the registry takes none for ${leeway} seconds after its end, or its clock is early`;
      return [{ what, remedy: 'set the clock right, or leeway=0' }];
    }
    return [];
  }

  #mistrust(): Shortfall {
    const { issuer } = this.#connection;
    return {
      what: 'be believed: the registry refuses tokens of this key and this issuer',
      remedy:
        `give the certificate (field certificate of config/registry of this mount) to the registry, in the file that auth.token.rootcertbundle names, ` +
        `set auth.token.issuer to ${issuer}, and restart it`,
    };
  }

  #sign(about: {
    readonly subject: string;
    readonly tokenId: string;
    readonly access: readonly Access[];
    /** Seconds since the epoch. */
    readonly issuedAt: number;
    readonly end: number;
  }): Promise<Secret> {
    const { issuer, leeway } = this.#connection;
    return this.#signerNow().sign({
      iss: issuer,
      sub: about.subject,
      aud: serviceOf(this.#connection),
      // The registry adds its leeway to the end: what it comes to is the end that was promised. Its clock may be late as well.
      exp: about.end - leeway,
      nbf: Math.min(about.issuedAt, about.end - leeway) - BACKDATED,
      iat: about.issuedAt,
      jti: about.tokenId,
      access: about.access,
    });
  }

  #signerNow(): TokenSigner {
    const { signingKey, certificate } = this.#connection;
    const key = signingKey === undefined ? undefined : signingKeyIn(signingKey);
    const chain = certificatesIn(certificate);
    if (key === undefined || chain === undefined) throw new TargetError('refused', 'no signing key is configured');
    const now = this.#on.clock.now();
    if (chain.some(({ validToDate }) => validToDate.getTime() <= now)) {
      throw new TargetError('refused', 'the certificate of the signing key has ended: configure another one');
    }
    this.#signer ??= new TokenSigner(key, chain);
    return this.#signer;
  }
}

/** Seconds before its making from which on a token is good. */
const BACKDATED = 30;

const CONFIGURE = 'configure auth.token in the registry, with realm, service, issuer and rootcertbundle';
const OPEN: Shortfall = { what: 'limit anybody: the registry asks nobody who they are', remedy: CONFIGURE };

const actionsOf: Readonly<Record<Exclude<Verb, 'list'>, readonly string[]>> = {
  read: ['pull'],
  // Registries demand both of who pushes.
  write: ['pull', 'push'],
  delete: ['delete'],
};

function accessOf({ repositories, verbs }: OciMaterial): readonly Access[] {
  const actions = [...new Set(verbs.flatMap((verb) => (verb === 'list' ? [] : actionsOf[verb])))];
  const catalog: readonly Access[] = verbs.includes('list') ? [{ type: 'registry', name: 'catalog', actions: ['*'] }] : [];
  return [...repositories.map((name): Access => ({ type: 'repository', name, actions })), ...catalog];
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
