import { z } from 'zod';
import { type EngineDependencies, type TargetCall, TargetError } from '../engine.ts';
import { type AccountClaims, readAccountClaims, signClaims } from './claims.ts';
import type { Pusher } from './connection.ts';
import { type Ask, withRequests } from './requests.ts';

const TRIES = 3;
/** Seconds for which a revocation is kept after there is nothing left to revoke: clocks of servers differ. */
const KEPT = 300;

/** The list of revoked users in an account's JWT, changed by one of us at a time. */
export class Revocations {
  readonly #account: string;
  readonly #pusher: Pusher;
  readonly #on: EngineDependencies;
  /** Ours, with the end of the user: entries of others stay for ever, since nobody knows theirs. */
  readonly #ends = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(account: string, pusher: Pusher, on: EngineDependencies) {
    this.#account = account;
    this.#pusher = pusher;
    this.#on = on;
  }

  /** What the servers know of the account. @throws TargetError */
  async read(call: TargetCall): Promise<AccountClaims> {
    return await this.#asking(call, async (ask) => await this.#lookUp(ask, await this.#trusted(ask)));
  }

  /**
   * All that was signed for this user until its end is worth nothing, and its connections are closed.
   * @param end seconds since the epoch @throws TargetError
   */
  async add(user: string, end: number, call: TargetCall): Promise<void> {
    const turn = this.#last.then(
      () => this.#add(user, end, call),
      () => this.#add(user, end, call),
    );
    this.#last = turn.catch(() => {});
    await turn;
  }

  async #add(user: string, end: number, call: TargetCall): Promise<void> {
    this.#ends.set(user, end);
    await this.#asking(call, async (ask) => {
      const trusted = await this.#trusted(ask);
      for (let left = TRIES; left > 0; left -= 1) {
        const claims = await this.#lookUp(ask, trusted);
        // Somebody else may write it at the same time; what is there counts.
        if ((claims.nats.revocations?.[user] ?? 0) >= end) return;
        await update(ask, this.#changed(claims, user, end));
      }
      const claims = await this.#lookUp(ask, trusted);
      if ((claims.nats.revocations?.[user] ?? 0) < end) {
        throw new TargetError('unknown-outcome', 'the revocation was pushed and is not there: somebody else changes the account');
      }
    });
  }

  /** Public keys that sign accounts. What another key has signed, servers take and keep, say that all is well, and don't heed. */
  async #trusted(ask: Ask): Promise<ReadonlySet<string>> {
    const told = variables.safeParse(parsed(await ask('$SYS.REQ.SERVER.PING.VARZ', '')));
    const operators = told.success ? told.data.data.trusted_operators_claim : [];
    const keys = new Set(operators.flatMap(({ sub, nats }) => [sub, ...(nats.signing_keys ?? [])]));
    if (keys.has(this.#pusher.operator.publicKey)) return keys;
    throw new TargetError('refused', 'operator_seed: the servers trust no such operator');
  }

  #changed(claims: AccountClaims, user: string, end: number): string {
    const now = Math.floor(this.#on.clock.now() / 1000);
    const kept = Object.entries(claims.nats.revocations ?? {}).filter(([key, at]) => {
      const ours = this.#ends.get(key);
      const over = ours !== undefined && ours === at && ours + KEPT < now;
      if (over) this.#ends.delete(key);
      return !over;
    });
    const revocations = Object.fromEntries([...kept, [user, end]]);
    // A resolver takes a newer one alone.
    const iat = Math.max(now, claims.iat + 1);
    return signClaims({ ...claims, iat, nats: { ...claims.nats, revocations } }, this.#pusher.operator);
  }

  /**
   * The account as an operator says it whom the servers trust. They keep, and give, what anybody has signed that has a user of the
   * system account: signing that again would make it good.
   */
  async #lookUp(ask: Ask, trusted: ReadonlySet<string>): Promise<AccountClaims> {
    const answer = (await ask(`$SYS.REQ.ACCOUNT.${this.#account}.CLAIMS.LOOKUP`, '')).toString();
    const claims = readAccountClaims(answer, this.#account);
    if (claims === undefined) throw new TargetError('refused', 'the servers know no such account');
    if (!trusted.has(claims.iss)) {
      throw new TargetError('refused', 'the JWT of the account is signed by nobody whom the servers trust: push the right one');
    }
    return claims;
  }

  async #asking<Result>(call: TargetCall, work: (ask: Ask) => Promise<Result>): Promise<Result> {
    return await withRequests(this.#pusher, { ...call, random: this.#on.random }, work);
  }
}

/** https://docs.nats.io/running-a-nats-service/nats_admin/monitoring#general-information-varz */
const variables = z.object({
  data: z.object({
    trusted_operators_claim: z.array(
      z.object({ sub: z.string(), nats: z.object({ signing_keys: z.array(z.string()).optional() }) }),
    ),
  }),
});

const updated = z.object({
  data: z.object({ code: z.number().optional() }).optional(),
  error: z.object({ description: z.string().optional() }).optional(),
});

async function update(ask: Ask, jwt: string): Promise<void> {
  const told = updated.safeParse(parsed(await ask('$SYS.REQ.CLAIMS.UPDATE', jwt)));
  if (told.data?.data?.code === 200 && told.data.error === undefined) return;
  const why = told.data?.error?.description?.slice(0, 200) ?? 'no reason given';
  throw new TargetError('refused', `the account cannot be changed: ${why}`);
}

function parsed(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString());
  } catch {
    return undefined;
  }
}
