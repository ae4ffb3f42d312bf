import { partitionOf } from '../../../foundation/aws-regions.ts';
import { presignedUrl } from '../../../foundation/aws-signature.ts';
import { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type LeaseFacts,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import type { AwsConnection } from './connection.ts';
import { bucketAddress, invalidSetting } from './endpoint.ts';
import { type AwsMaterial, type Presigning, SHORTEST_SESSION } from './request.ts';
import type { AwsRole } from './role.ts';
import type { Scope } from './scope.ts';
import { partitionOfArn, sessionPolicy } from './session-policy.ts';
import { sessionRequest, tagsOf } from './session-request.ts';
import { Sts } from './sts.ts';
import type { StsSession } from './sts-answer.ts';
import { shortfallsOf } from './trial.ts';

/** Clocks differ. A session that goes on longer than that was not given as it was asked for. */
const TOLERANCE_MS = 300_000;

/** When it ends, in milliseconds since the epoch: all that there is to know later. */
export interface AwsHandle {
  readonly expiresAt: number;
}

type Ref = CredentialRef<AwsRole, AwsMaterial, AwsHandle>;

/** Sessions of STS. Nothing of them can be taken back: they end at their time. */
export class AwsTarget implements Target<AwsRole, AwsMaterial, AwsHandle> {
  readonly #connection: AwsConnection;
  readonly #on: EngineDependencies;
  readonly #sts: Sts;

  constructor(connection: AwsConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#sts = new Sts(connection, on);
  }

  async check(roles: readonly AwsRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    await this.#sts.checkKeys(call);
    return shortfallsOf(this.#sts, roles, call);
  }

  async tryRole(role: AwsRole, call: TargetCall): Promise<void> {
    const [shortfall] = await shortfallsOf(this.#sts, [role], call);
    if (shortfall !== undefined) {
      const where = role.credentialType === 'assumed_role' ? 'roleArns' : 'credentialType';
      invalidSetting(where, `${shortfall.what}. What to do: ${shortfall.remedy}`);
    }
  }

  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<AwsHandle>> {
    if (material === undefined) throw new TargetError('refused', 'nothing is known of what was asked for');
    const { clock } = this.#on;
    const left = Math.floor((lease.expiresAt - clock.now()) / 1000);
    // Whom the keys are kept from needs them for the URL alone.
    const seconds = Math.max(SHORTEST_SESSION, Math.min(left, material.presigning?.seconds ?? left));
    const policy = this.#policy(role, material);
    const wanted = { name: lease.externalName, seconds, policy, tags: tagsOf(role, lease) };
    const session = await this.#sts.session(sessionRequest(role, material.roleArn, wanted), call);
    const now = clock.now();
    if (session.expiresAt <= now) throw new TargetError('refused', 'STS gave a session that has ended');
    if (session.expiresAt > now + seconds * 1000 + TOLERANCE_MS) {
      throw new TargetError('refused', 'STS gave a session that goes on for longer than it was asked for');
    }
    const { presigning, scope } = material;
    if (presigning !== null && scope !== null) return this.#presigned(session, scope, presigning, lease);
    const expiresAt = Math.min(session.expiresAt, lease.expiresAt);
    return { handle: { expiresAt }, expiresAt, output: keysOf(session, expiresAt, now) };
  }

  /** There is nothing that could be done: the session ends at its time. */
  async revoke(): Promise<void> {}

  /** Keys are in the answer alone: what was not answered, nobody has. */
  async probe({ handle }: Ref): Promise<number | undefined> {
    return handle !== undefined && handle.expiresAt > this.#on.clock.now() ? handle.expiresAt : undefined;
  }

  async close(): Promise<void> {}

  #policy({ policyDocument }: AwsRole, { roleArn, scope }: AwsMaterial): string | undefined {
    const partition = partitionOfArn(roleArn) ?? partitionOf(this.#sts.region).id;
    return sessionPolicy({ policyDocument, scope: scope ?? undefined }, partition);
  }

  #presigned(session: StsSession, scope: Scope, { method, key, seconds }: Presigning, lease: LeaseFacts): Created<AwsHandle> {
    const now = this.#on.clock.now();
    const left = Math.min(seconds, Math.floor((Math.min(lease.expiresAt, session.expiresAt) - now) / 1000));
    if (left < 1) throw new TargetError('refused', 'the lease has ended before the URL was made');
    const { s3Endpoint, stsEndpoint } = this.#connection;
    const region = this.#sts.region;
    const { origin, before } = bucketAddress(s3Endpoint || stsEndpoint, region, scope.bucket);
    const unsigned = { method, origin, path: before + key, seconds: left, region, service: 's3' };
    const url = presignedUrl(unsigned, session, now);
    // The signature counts from a whole second on.
    const expiresAt = Math.floor(now / 1000) * 1000 + left * 1000;
    return {
      handle: { expiresAt },
      expiresAt,
      output: { url: Secret.fromText(url), method, bucket: scope.bucket, key, ttl: left },
    };
  }
}

function keysOf(
  { accessKeyId, secretAccessKey, sessionToken, arn }: StsSession,
  expiresAt: number,
  now: number,
): Created['output'] {
  return {
    accessKey: accessKeyId,
    secretKey: Secret.fromText(secretAccessKey),
    // Vault's older name for the next one.
    securityToken: Secret.fromText(sessionToken),
    sessionToken: Secret.fromText(sessionToken),
    arn,
    ttl: Math.max(0, Math.floor((expiresAt - now) / 1000)),
  };
}
