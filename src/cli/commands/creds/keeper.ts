import { isWatchwordError } from '../../../foundation/errors.ts';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import { newId } from '../../../foundation/ids.ts';
import type { Clock, Random } from '../../../foundation/ports.ts';
import type { CredentialSource, HeldLease } from './source.ts';
import { pointInTime } from './time-text.ts';

const SHARE = 2 / 3;
const SHORTEST_MS = 1000;
/** Node's timers end at 24 days. */
const LONGEST_MS = 86_400_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** A server that says nothing is away. */
const ANSWER_MS = 30_000;

export interface KeeperPorts {
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when nobody waits for answers any more. */
  readonly quit: AbortSignal;
  /** Puts a new credential where the command finds it. */
  readonly deliver: (data: JsonObject) => void;
  readonly say: (text: string) => void;
}

/** Keeps a credential good for as long as a command runs: renews it, and gets a new one where that is not possible. */
export class Keeper {
  readonly #on: KeeperPorts;
  readonly #leases: HeldLease[];
  #current: HeldLease;
  /** Issued, and not delivered yet. */
  #fresh: HeldLease | undefined;
  /** Of the request that is not answered yet. */
  #key: string | undefined;
  #token: { endsAt: number; readonly seconds: number; renewable: boolean } | undefined;

  constructor(first: HeldLease, on: KeeperPorts) {
    this.#on = on;
    this.#current = first;
    this.#leases = [first];
  }

  /** The first one. */
  deliver(): void {
    this.#on.deliver(this.#current.data);
  }

  /** Until it is aborted. Never rejects: what fails is said, and tried again. */
  async keep(signal: AbortSignal): Promise<void> {
    await this.#lookAtToken();
    for (let failures = 0; !signal.aborted; ) {
      await this.#on.clock.sleep(failures === 0 ? this.#untilDue() : this.#untilRetry(failures), signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#turn();
        if (failures > 0) this.#on.say('The credential is good again.');
        failures = 0;
      } catch (error) {
        if (failures === 0 && !signal.aborted) this.#on.say(this.#lament(error));
        failures++;
      }
    }
  }

  /** Gives back everything that is not over yet. Never rejects: what stays behind is said. */
  async giveBack(): Promise<void> {
    const { clock, source, quit, say } = this.#on;
    const living = this.#leases.filter(({ id, endsAt }) => id !== '' && endsAt > clock.now());
    await Promise.all(
      living.map(async ({ id, endsAt }) => {
        try {
          await source.giveBack(id, { signal: quit });
        } catch (error) {
          say(`The lease ${id} could not be given back (${reasonOf(error)}). It ends by itself at ${pointInTime(endsAt)}.`);
        }
      }),
    );
  }

  async #turn(): Promise<void> {
    const { source, clock } = this.#on;
    const signal = AbortSignal.any([this.#on.quit, AbortSignal.timeout(ANSWER_MS)]);
    await this.#renewToken(signal);
    const lease = this.#current;
    if (this.#fresh === undefined && lease.renewable && lease.endsAt > clock.now()) {
      const renewed = await source.renew(lease, { signal });
      // Less than half of it is granted where its longest life comes to an end.
      if (renewed && (lease.endsAt - clock.now()) * 2 >= lease.seconds * 1000) return;
    }
    await this.#replace(signal);
  }

  /** The older one is left to its own end, for the connections that live by it. */
  async #replace(signal: AbortSignal): Promise<void> {
    const { source, deliver } = this.#on;
    if (this.#fresh === undefined) {
      // The same until it is answered: an answer that was lost on its way is given again.
      this.#key ??= newId();
      this.#fresh = await source.issue({ idempotencyKey: this.#key, signal });
      this.#key = undefined;
      this.#leases.push(this.#fresh);
    }
    deliver(this.#fresh.data);
    this.#current = this.#fresh;
    this.#fresh = undefined;
  }

  async #lookAtToken(): Promise<void> {
    const { source, quit, clock, say } = this.#on;
    const token = await source.lookUpToken({ signal: quit });
    if (token === undefined) return;
    this.#token = { ...token, endsAt: clock.now() + token.seconds * 1000 };
    if (!token.renewable) say(`Your token ends at ${pointInTime(this.#token.endsAt)}, and the credential with it.`);
  }

  async #renewToken(signal: AbortSignal): Promise<void> {
    const { source, clock, say } = this.#on;
    const token = this.#token;
    if (token?.renewable !== true) return;
    const renewed = await source.renewToken({ signal });
    if (renewed !== undefined) token.endsAt = clock.now() + renewed.seconds * 1000;
    if (renewed !== undefined && renewed.seconds * 2 >= token.seconds) return;
    token.renewable = false;
    say(`Your token cannot be renewed any further: it ends at ${pointInTime(token.endsAt)}, and the credential with it.`);
  }

  #untilDue(): number {
    const ends = [this.#current.endsAt, this.#token?.renewable === true ? this.#token.endsAt : Number.POSITIVE_INFINITY];
    const due = (Math.min(...ends) - this.#on.clock.now()) * SHARE;
    // Many jobs begin at once; they need not all come back at once.
    return Math.min(Math.max(due * (1 - 0.1 * this.#chance()), SHORTEST_MS), LONGEST_MS);
  }

  #untilRetry(failures: number): number {
    return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS) * (0.75 + 0.5 * this.#chance());
  }

  /** From 0 to 1. */
  #chance(): number {
    return this.#on.random.bytes(1).readUInt8() / 255;
  }

  #lament(error: unknown): string {
    const { endsAt } = this.#current;
    const until = endsAt > this.#on.clock.now() ? `It is good until ${pointInTime(endsAt)}.` : 'It is good no longer.';
    return `The credential could not be renewed: ${reasonOf(error)} ${until} Trying on.`;
  }
}

/** What may be said of a failure: the words of our own errors and the codes of the system. */
function reasonOf(error: unknown): string {
  if (isWatchwordError(error)) return error.message;
  return error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
}
