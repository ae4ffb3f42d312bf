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
import { credsFile, signClaims } from './claims.ts';
import { accountKeyOf, type NatsConnection, pusherOf } from './connection.ts';
import { type Nkey, nkeyOf } from './nkeys.ts';
import { Revocations } from './revocations.ts';
import { type NatsRole, permissionsOf } from './role.ts';

export interface NatsMaterial extends Readonly<Record<string, unknown>> {
  readonly seed: Secret;
}

export interface NatsHandle extends Readonly<Record<string, unknown>> {
  /** The user's public key. */
  readonly user: string;
}

type Ref = CredentialRef<NatsRole, NatsMaterial, NatsHandle>;

/** Users of one account. No server is told of them: it believes what the account's key has signed. */
export class NatsTarget implements Target<NatsRole, NatsMaterial, NatsHandle> {
  readonly #account: string;
  readonly #key: Nkey;
  readonly #revocations: Revocations | undefined;
  readonly #on: EngineDependencies;

  constructor(connection: NatsConnection, on: EngineDependencies) {
    this.#account = connection.account;
    this.#key = accountKeyOf(connection);
    this.#on = on;
    const pusher = pusherOf(connection);
    this.#revocations = pusher === undefined ? undefined : new Revocations(connection.account, pusher, on);
  }

  /** Nobody can be asked but where revocations are pushed. */
  async check(_roles: readonly NatsRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    if (this.#revocations === undefined) return [];
    const { nats } = await this.#revocations.read(call);
    const key = this.#key.publicKey;
    if (key === this.#account) return [];
    const found = (nats.signing_keys ?? []).find((each) => (typeof each === 'string' ? each : each.key) === key);
    if (found === undefined) {
      return [{ what: 'sign users: the account does not know the signing key', remedy: `nsc edit account --sk ${key}` }];
    }
    if (typeof found === 'string') return [];
    return [
      {
        what: 'say what users may: the signing key has a scope, which says it alone',
        remedy: 'nsc edit account --sk generate, and the new seed in account_seed',
      },
    ];
  }

  async create({ lease, role, material }: Ref): Promise<Created<NatsHandle>> {
    if (material === undefined) throw new TargetError('refused', 'the credential has been given already');
    const [iat, exp] = [this.#on.clock.now(), lease.expiresAt].map((ms) => Math.floor(ms / 1000)) as [number, number];
    if (exp <= iat) throw new TargetError('refused', 'the lease ends before it begins');
    const { seed } = material;
    const user = nkeyOf(seed, 'user').publicKey;
    const issuer = this.#key.publicKey === this.#account ? {} : { issuer_account: this.#account };
    const nats = { ...permissionsOf(role, lease), ...issuer, tags: [`holder:${lease.holder}`], type: 'user', version: 2 };
    const jwt = signClaims({ sub: user, name: lease.externalName, iat, exp, nats }, this.#key);
    return {
      handle: { user },
      output: { username: lease.externalName, jwt, seed, creds: Secret.fromText(credsFile(jwt, seed.text)) },
      expiresAt: exp * 1000,
    };
  }

  async revoke({ lease, material, handle }: Ref, call: TargetCall): Promise<void> {
    const end = Math.floor(lease.expiresAt / 1000);
    if (this.#revocations === undefined || end * 1000 <= this.#on.clock.now()) return;
    // Without either, nobody has ever got it.
    const user = handle?.user ?? (material === undefined ? undefined : nkeyOf(material.seed, 'user').publicKey);
    if (user !== undefined) await this.#revocations.add(user, end, call);
  }

  /** What its JWT says; no server knows more. */
  async probe({ lease }: Ref): Promise<number | undefined> {
    const end = Math.floor(lease.expiresAt / 1000) * 1000;
    return end <= this.#on.clock.now() ? undefined : end;
  }

  async close(): Promise<void> {}
}
