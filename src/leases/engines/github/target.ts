import { isWatchwordError } from '../../../foundation/errors.ts';
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
import { invalidSetting } from '../invalid-setting.ts';
import { VendorRefusal } from '../vendor-api.ts';
import { GithubApi } from './api.ts';
import type { GithubConnection } from './connection.ts';
import { FreshTokens } from './fresh-tokens.ts';
import { excessOf, type Grant } from './grant.ts';
import type { GithubMaterial } from './request.ts';
import type { GithubRole } from './role.ts';
import { shortfallsOf } from './shortfalls.ts';

/** The token is what takes itself back: there is nothing else by which GitHub would. Sealed in the ledger, with its lease. */
export interface GithubHandle {
  readonly token: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type Ref = CredentialRef<GithubRole, GithubMaterial, GithubHandle>;

const HOUR_MS = 3_600_000;
/** Clocks differ. */
const TOLERANCE_MS = 300_000;
/** A token that was taken back may be good for a moment more. */
const LOOKS = 8;
const PAUSE_MS = 500;

/** Tokens of one installation. */
export class GithubTarget implements Target<GithubRole, GithubMaterial, GithubHandle> {
  readonly #on: EngineDependencies;
  readonly #api: GithubApi;
  readonly #fresh: FreshTokens;

  constructor(connection: GithubConnection, on: EngineDependencies) {
    this.#on = on;
    this.#api = new GithubApi(connection, on);
    this.#fresh = new FreshTokens(on.clock);
  }

  async check(roles: readonly GithubRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    await this.#api.checkKey(call);
    return shortfallsOf(this.#api, roles, call);
  }

  /** Makes a token as the role says, and takes it back. */
  async tryRole(role: GithubRole, call: TargetCall): Promise<void> {
    try {
      const { repositories, repositoryIds, permissions } = role;
      const { token } = await this.#granted({ repositories, repositoryIds, permissions }, call);
      await this.#api.endToken(token, call);
    } catch (error) {
      if (error instanceof VendorRefusal && error.status === 422) {
        invalidSetting(/permission/i.test(error.message) ? 'permissions' : 'repositories', error.message);
      }
      throw error;
    }
  }

  async create({ lease, material }: Ref, call: TargetCall): Promise<Created<GithubHandle>> {
    if (material === undefined) throw new TargetError('refused', 'nothing is known of what was asked for');
    const earlier = this.#fresh.find(lease.externalName);
    if (earlier !== undefined) await this.#end(lease.externalName, earlier, call);
    const { token, expiresAt: end, repositories } = await this.#granted(material, call);
    this.#fresh.remember(lease.externalName, token);
    const expiresAt = Math.min(end, lease.expiresAt);
    return {
      // GitHub ends it at its own time, whatever the lease says.
      handle: { token: Secret.copy(token.bytes), expiresAt: end },
      expiresAt,
      output: {
        token,
        username: 'x-access-token',
        expiresAt: new Date(expiresAt).toISOString(),
        repositories: (repositories ?? []).map(({ name }) => name),
      },
    };
  }

  async revoke({ lease, handle }: Ref, call: TargetCall): Promise<void> {
    const token = handle?.token ?? this.#fresh.find(lease.externalName);
    // It was in the answer alone: what never came here, nobody has.
    if (token === undefined) return;
    if (handle !== undefined && handle.expiresAt + TOLERANCE_MS < this.#on.clock.now()) return;
    await this.#end(lease.externalName, token, call);
  }

  async probe({ lease, handle }: Ref, call: TargetCall): Promise<number | undefined> {
    const token = handle?.token ?? this.#fresh.find(lease.externalName);
    if (token === undefined || !(await this.#api.isAlive(token, call))) return undefined;
    return handle?.expiresAt ?? lease.expiresAt;
  }

  /** What is still being taken back needs its token: nothing is cleared away here. */
  async close(): Promise<void> {}

  /** A token that goes beyond what was asked for is taken back and not given. @throws TargetError */
  async #granted(material: GithubMaterial, call: TargetCall): Promise<Grant> {
    const grant = await this.#api.createToken(material, call);
    const now = this.#on.clock.now();
    const late = grant.expiresAt > now + HOUR_MS + TOLERANCE_MS;
    const excess = late ? 'a longer life than GitHub gives' : excessOf(grant, material);
    if (excess === undefined && grant.expiresAt > now) return grant;
    try {
      await this.#api.endToken(grant.token, call);
    } catch (error) {
      if (!(error instanceof TargetError) && !isWatchwordError(error)) throw error;
      throw new TargetError('unknown-outcome', 'GitHub gave a token that was not asked for, and does not take it back');
    }
    throw new TargetError('refused', `GitHub gave a token with ${excess ?? 'no life left'}`);
  }

  async #end(name: string, token: Secret, call: TargetCall): Promise<void> {
    await this.#api.endToken(token, call);
    for (let look = 1; await this.#api.isAlive(token, call); look += 1) {
      if (look === LOOKS) throw new TargetError('unknown-outcome', 'the token was taken back, and is still good');
      await this.#pause(call);
    }
    this.#fresh.forget(name);
  }

  async #pause({ signal }: TargetCall): Promise<void> {
    try {
      await this.#on.clock.sleep(PAUSE_MS, signal);
    } catch {
      throw new TargetError('unknown-outcome', 'the token was taken back, and is still good');
    }
  }
}
