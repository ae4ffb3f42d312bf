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
import { boundaryOf } from './boundary.ts';
import type { GcpConnection } from './connection.ts';
import { GoogleApi } from './google-api.ts';
import type { GcpMaterial } from './request.ts';
import { CLOUD_PLATFORM, type GcpRole } from './role.ts';

/** When it ends, in milliseconds since the epoch: all that there is to know later. */
export interface GcpHandle {
  readonly expiresAt: number;
}

type Ref = CredentialRef<GcpRole, GcpMaterial, GcpHandle>;

/** Seconds: what Google gives at most, unless a policy of the organization says otherwise. */
const LONGEST_TOKEN = 3600;
/** A token by which nothing can be done but see who it is of. */
const HARMLESS = { scopes: ['https://www.googleapis.com/auth/userinfo.email'], seconds: 60 };
/** Clocks differ. A token that is good for longer was not given as it was asked for. */
const TOLERANCE_MS = 60_000;

/** Access tokens. Nothing of them can be taken back: they end at their time. */
export class GcpTarget implements Target<GcpRole, GcpMaterial, GcpHandle> {
  readonly #on: EngineDependencies;
  readonly #api: GoogleApi;

  constructor(connection: GcpConnection, on: EngineDependencies) {
    this.#on = on;
    this.#api = new GoogleApi(connection, on);
  }

  /** Tokens that are good for nothing are asked for, and thrown away. */
  async check(roles: readonly GcpRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    await this.#api.checkKey(call);
    const shortfalls: Shortfall[] = [];
    for (const email of new Set(roles.map(({ serviceAccountEmail }) => serviceAccountEmail))) {
      try {
        await this.#api.generate({ email, ...HARMLESS }, call);
      } catch (error) {
        if (!(error instanceof VendorRefusal) || (error.status !== 403 && error.status !== 404)) throw error;
        shortfalls.push(this.#shortfallOf(email, error.message));
      }
    }
    return shortfalls;
  }

  async tryRole(role: GcpRole, call: TargetCall): Promise<void> {
    const [shortfall] = await this.check([role], call);
    if (shortfall !== undefined) {
      invalidSetting('service_account_email', `${shortfall.what}. What to do: ${shortfall.remedy}`);
    }
  }

  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<GcpHandle>> {
    if (material === undefined) throw new TargetError('refused', 'nothing is known of what was asked for');
    const { clock } = this.#on;
    const left = Math.floor((lease.expiresAt - clock.now()) / 1000);
    if (left < 1) throw new TargetError('refused', 'the lease has ended before a token was asked for');
    const seconds = Math.min(left, LONGEST_TOKEN);
    const scopes = material.scope === null ? role.tokenScopes : [CLOUD_PLATFORM];
    const whole = await this.#api.generate({ email: role.serviceAccountEmail, scopes, seconds }, call);
    const until = clock.now() + seconds * 1000;
    if (whole.expiresAt > until + TOLERANCE_MS) {
      throw new TargetError('refused', 'Google gave a token that is good for longer than was asked for');
    }
    const given = material.scope === null ? whole : await this.#api.narrow(whole, boundaryOf(material.scope), call);
    const now = clock.now();
    const expiresAt = Math.min(given.expiresAt, lease.expiresAt);
    if (expiresAt <= now) throw new TargetError('refused', 'Google gave a token that has ended');
    return {
      handle: { expiresAt },
      expiresAt,
      output: {
        token: given.token,
        tokenTtl: Math.floor((expiresAt - now) / 1000),
        expiresAtSeconds: Math.floor(expiresAt / 1000),
        serviceAccountEmail: role.serviceAccountEmail,
      },
    };
  }

  /** There is nothing that could be done: the token ends at its time. */
  async revoke(): Promise<void> {}

  /** A token is in the answer alone: what was not answered, nobody has. */
  async probe({ handle }: Ref): Promise<number | undefined> {
    return handle !== undefined && handle.expiresAt > this.#on.clock.now() ? handle.expiresAt : undefined;
  }

  async close(): Promise<void> {}

  #shortfallOf(email: string, said: string): Shortfall {
    return {
      what: `iam.serviceAccounts.getAccessToken on ${email} (${said})`,
      remedy:
        `gcloud iam service-accounts add-iam-policy-binding ${email} --role=roles/iam.serviceAccountTokenCreator ` +
        `--member=serviceAccount:${this.#api.email}`,
    };
  }
}
