import type { ChangeContext, ReadContext, Session, Stages } from '../access/operation.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { randomBase62 } from '../foundation/ids.ts';
import type { MountPoint } from '../foundation/mount.ts';
import { SYSTEM_DEFAULT_TTL, SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import type { Executor, Storage } from '../storage/contract.ts';
import type { CredentialRequest, IssuedCredential } from './contract.ts';
import {
  type Created,
  type CredentialEngine,
  type CredentialOutput,
  type EngineDependencies,
  type Sealable,
  TargetError,
} from './engines/engine.ts';
import { type Lease, type TrackedLease, targetIdOf, workloadOf } from './lease.ts';
import { type Ledger, refOf } from './ledger.ts';
import type { ExternalNames } from './naming.ts';
import {
  type ConnectionRecord,
  checkAllowed,
  type EngineSettings,
  engineOf,
  invalid,
  type Lifetimes,
  type RoleRecord,
  readSettings,
} from './settings.ts';
import { type Targets, tellCaller } from './targets.ts';

/** For the target to make a credential; after that, whoever finds the lease gives up on it. */
const CREATE_MS = 15_000;
/** Longer than that: the call, and what comes before and after it. */
export const CREATE_DEADLINE_MS = 20_000;
/** A repeated request gets the same answer for this part of the lease. */
const REPEATABLE_PART = 10;
const LEASE_ID_LENGTH = 24;
/** Leases are counted up to here when a limit is checked. */
export const HIGHEST_LIMIT = 100_000;

export interface IssuingDependencies {
  readonly storage: Storage;
  readonly settings: EngineSettings;
  readonly ledger: Ledger;
  readonly targets: Targets;
  readonly names: ExternalNames;
  readonly on: EngineDependencies;
  /** Wakes whoever takes credentials back. */
  readonly wake: () => void;
  /** Whether the mount is where it was, as a transaction sees it. */
  readonly mountStands: (on: Executor, mount: MountPoint) => Promise<boolean>;
}

interface Found {
  readonly role: RoleRecord;
  readonly connection: ConnectionRecord;
  readonly engine: CredentialEngine;
  readonly lifetimes: Lifetimes | undefined;
}

/** From a role to a credential: written down, made at the target, written down again, given. */
export class Issuing {
  readonly #on: IssuingDependencies;

  constructor(dependencies: IssuingDependencies) {
    this.#on = dependencies;
  }

  /** @throws WatchwordError before anything was done */
  async prepare(input: CredentialRequest, context: ReadContext): Promise<Stages<'credentials.issue'>> {
    const session = holderOf(context);
    const found = await this.#find(input.role, context);
    const { engine, role } = found;
    const request = readSettings(engine.request?.fields ?? {}, {}, input.request ?? {});
    const unsealed = this.#newLease(input, found, context, session);
    if (input.ttl !== undefined && input.ttl > unsealed.ttl) {
      context.warn(`ttl: ${input.ttl} seconds are more than the role or its mount gives: it was cut to ${unsealed.ttl}`);
    }
    const material = (await engine.prepare(role.settings, refOf(unsealed).lease, this.#on.on, request as Sealable)) as Sealable;
    const lease: Lease = { ...unsealed, material };
    if (input.idempotencyKey === undefined) return new Issue(this.#on, { lease, found, retryKey: undefined, context });
    const { ledger } = this.#on;
    const { mountId } = lease.origin;
    const retryKey = ledger.retryKeyOf(session.principal.session, [mountId, input.role], input.idempotencyKey);
    const requestDigest = ledger.requestDigestOf(input.ttl, input.request);
    return new Issue(this.#on, { lease: { ...lease, requestDigest }, found, retryKey, context });
  }

  async #find(name: string, { reader, mount }: ReadContext): Promise<Found> {
    const { settings } = this.#on;
    const role = await settings.roles.find(reader, mount, name);
    if (role === undefined) throw invalid('name', 'there is no such role');
    const connection = await settings.connections.find(reader, mount, role.connection);
    if (connection === undefined) throw invalid('db_name', 'the connection of the role is gone');
    checkAllowed(connection, name);
    return { role, connection, engine: engineOf(connection), lifetimes: await settings.lifetimes(reader, mount) };
  }

  #newLease(
    input: CredentialRequest,
    { role, connection, engine, lifetimes }: Found,
    { mount, now }: ReadContext,
    session: Session,
  ): Lease {
    const { principal } = session;
    const longest = lesser(role.maxTtl || (lifetimes?.maxTtl ?? 0), mount.config.maxTtl || SYSTEM_MAX_TTL);
    const usual = role.ttl || lifetimes?.ttl || mount.config.defaultTtl || engine.usualTtl || SYSTEM_DEFAULT_TTL;
    const ttl = Math.max(1, Math.min(input.ttl || usual, usual, longest));
    const id = `${mount.path}creds/${input.role}/${randomBase62(this.#on.on.random, LEASE_ID_LENGTH)}`;
    return {
      id,
      externalName: this.#on.names.of(id),
      origin: {
        mountId: mount.id,
        engine: engine.kind,
        connection: role.connection,
        version: connection.version,
        role: input.role,
      },
      holder: { method: principal.method, id: principal.id, displayName: principal.displayName, session: principal.session },
      role: role.settings,
      ttl,
      issuedAt: now,
      renewedAt: undefined,
      expiresAt: now + ttl * 1000,
      maxExpiresAt: now + longest * 1000,
      renewable: engine.traits.renewable,
      material: undefined,
      handle: undefined,
      kept: undefined,
    };
  }
}

interface Ask {
  readonly lease: Lease;
  readonly found: Found;
  readonly retryKey: string | undefined;
  readonly context: ReadContext;
}

/** One credential on its way. */
class Issue implements Stages<'credentials.issue'> {
  readonly #on: IssuingDependencies;
  readonly #ask: Ask;
  #created: Created | undefined;
  #neverMade = false;
  /** What an earlier request with the same key got. */
  #repeated: TrackedLease | undefined;

  constructor(on: IssuingDependencies, ask: Ask) {
    this.#on = on;
    this.#ask = ask;
  }

  async begin(context: ChangeContext): Promise<void> {
    const { lease, retryKey } = this.#ask;
    await this.#checkUnchanged(context);
    if (retryKey !== undefined && (await this.#findRepeated(context, retryKey))) return;
    await this.#checkLimits(context);
    await this.#on.ledger.begin(context.tx, lease, { dueAt: context.now + CREATE_DEADLINE_MS, retryKey });
    context.note({ leaseId: lease.id, externalName: lease.externalName, engine: lease.origin.engine, ttl: lease.ttl });
  }

  async reach(): Promise<void> {
    if (this.#repeated !== undefined) return;
    const { lease, context } = this.#ask;
    try {
      this.#created = await this.#on.targets.visit(
        context.reader,
        targetIdOf(lease.origin),
        { timeoutMs: CREATE_MS },
        (target, call) => target.create(refOf(lease), call),
      );
    } catch (error) {
      this.#neverMade = error instanceof TargetError && error.kind !== 'unknown-outcome';
      throw tellCaller(error);
    }
  }

  async conclude(context: ChangeContext): Promise<IssuedCredential> {
    const { lease, found, retryKey } = this.#ask;
    if (this.#repeated !== undefined) {
      context.note({ leaseId: this.#repeated.lease.id, repeated: true });
      return issued(this.#repeated.lease, found.engine, this.#repeated.lease.kept?.output ?? {}, context.now);
    }
    const created = this.#created;
    if (created === undefined) throw new WatchwordError('internal', 'nothing was created');
    const expiresAt = Math.min(lease.expiresAt, created.expiresAt ?? lease.expiresAt);
    const until = lease.issuedAt + Math.floor((expiresAt - lease.issuedAt) / REPEATABLE_PART);
    const active: Lease = {
      ...lease,
      expiresAt,
      material: undefined,
      handle: created.handle,
      kept: retryKey === undefined ? undefined : { output: created.output, until },
    };
    if (!(await this.#on.ledger.activate(context.tx, active))) {
      throw new WatchwordError('lease.invalid', 'the session ended, or the request took too long: the credential is taken back');
    }
    context.note({ leaseExpires: new Date(expiresAt).toISOString() });
    return issued(active, found.engine, created.output, context.now);
  }

  /** Nobody waits for the deadline of something that is known to be over. */
  async abandoned(): Promise<void> {
    if (this.#repeated !== undefined) return;
    const { storage, ledger, on, wake } = this.#on;
    const { lease } = this.#ask;
    const now = on.clock.now();
    // Where this fails, the deadline does the same later.
    await storage
      .write(async (tx) => {
        await ledger.end(tx, { prefix: lease.id }, { cause: 'not-delivered', now, neverMade: this.#neverMade });
        await ledger.queue.hasten(tx, lease.id, now);
      })
      .catch(() => undefined);
    wake();
  }

  /** What the material was made for must be what is written down. */
  async #checkUnchanged({ tx, mount }: ChangeContext): Promise<void> {
    const { settings, mountStands } = this.#on;
    const { lease, found } = this.#ask;
    const { connection, role } = lease.origin;
    const same =
      (await mountStands(tx, mount)) &&
      (await settings.roles.find(tx, mount, role)) === found.role &&
      (await settings.connections.find(tx, mount, connection)) === found.connection;
    if (!same) throw new WatchwordError('store.raced');
  }

  async #findRepeated({ tx, now }: ChangeContext, retryKey: string): Promise<boolean> {
    const earlier = await this.#on.ledger.byRetryKey(tx, retryKey);
    if (earlier === undefined) return false;
    // Also when its time is over: whoever asks for something else did not lose the answer to this.
    if (earlier.lease.requestDigest !== this.#ask.lease.requestDigest) throw new WatchwordError('request.key-reused');
    if (earlier.state === 'creating') {
      throw new WatchwordError('request.limited', 'the first request with this idempotency key is not answered yet', {
        retryAfter: 1,
      });
    }
    const { kept } = earlier.lease;
    if (earlier.state === 'active' && kept !== undefined && kept.until > now) {
      this.#repeated = earlier;
      return true;
    }
    await this.#on.ledger.end(tx, { prefix: earlier.lease.id }, { cause: 'not-delivered', now });
    tx.afterCommit(this.#on.wake);
    return false;
  }

  async #checkLimits({ tx }: ChangeContext): Promise<void> {
    const { lease, found } = this.#ask;
    const { maxLeases, maxLeasesPerWorkload } = found.role;
    const { table } = this.#on.ledger;
    const prefix = lease.id.slice(0, -LEASE_ID_LENGTH);
    const limits = [
      [maxLeases, { prefix }, 'the role'],
      [maxLeasesPerWorkload, { prefix, workload: workloadOf(lease.holder) }, 'the workload, for this role,'],
    ] as const;
    for (const [most, scope, whose] of limits) {
      if (most === 0 || (await table.count(tx, scope, most)) < most) continue;
      // What another mount has issued that was at this path before is nothing to this one's roles; looked at only where it matters.
      if ((await table.count(tx, { ...scope, mount: lease.origin.mountId }, most)) < most) continue;
      throw new WatchwordError('lease.limited', `${whose} has ${most} leases, and may have no more`, { retryAfter: 60 });
    }
  }
}

function issued(lease: Lease, { traits }: CredentialEngine, output: CredentialOutput, now: number): IssuedCredential {
  return {
    leaseId: lease.id,
    ttl: Math.max(0, Math.round((lease.expiresAt - now) / 1000)),
    renewable: lease.renewable,
    revocation: traits.revocation,
    output,
  };
}

/** What is issued must end with a session, so there must be one that goes on. */
function holderOf({ session }: ReadContext): Session {
  if (session === undefined) throw new WatchwordError('access.token-missing');
  if (session.usesLeft === 1) {
    throw new WatchwordError('lease.invalid', 'the token has one use left: what is issued with it would be taken back at once');
  }
  return session;
}

const lesser = (a: number, b: number): number => (a === 0 ? b : Math.min(a, b));
