import type { Envelope, RequestOptions, WatchwordClient } from '../../../client/client.ts';
import { ServerRefusal } from '../../../client/refusal.ts';
import { isWatchwordError, WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import type { Clock } from '../../../foundation/ports.ts';

/** A credential, and until when it is good by our own clock. */
export interface HeldLease {
  /** Empty where nothing is leased, as for accounts that stay. */
  readonly id: string;
  /** What was granted at first. */
  readonly seconds: number;
  readonly renewable: boolean;
  /** Milliseconds since the epoch; infinite without a lease. */
  endsAt: number;
  readonly data: JsonObject;
}

/** The caller's own session. A credential ends with it. */
export interface OwnToken {
  readonly seconds: number;
  readonly renewable: boolean;
}

export interface CredentialRequest {
  readonly path: string;
  /** Nothing in it: it is asked for by GET. */
  readonly body: JsonObject;
}

/** Credentials of one role, from one server. */
export class CredentialSource {
  readonly #client: WatchwordClient;
  readonly #request: CredentialRequest;
  readonly #clock: Clock;

  constructor(client: WatchwordClient, request: CredentialRequest, clock: Clock) {
    this.#client = client;
    this.#request = request;
    this.#clock = clock;
  }

  /** The answer as it stands on the wire. @throws WatchwordError `store.missing` when there is nothing at the path */
  async ask(options: RequestOptions): Promise<Envelope> {
    const { path, body } = this.#request;
    const answer =
      Object.keys(body).length === 0 ? await this.#client.read(path, options) : await this.#client.write(path, body, options);
    if (answer === undefined) throw new WatchwordError('store.missing', undefined, { where: path });
    return answer;
  }

  async issue(options: RequestOptions): Promise<HeldLease> {
    const asked = this.#clock.now();
    return leaseIn(await this.ask(options), asked);
  }

  /** False where the server says that it cannot be done. @throws WatchwordError when it may be tried again */
  async renew(lease: HeldLease, options: RequestOptions): Promise<boolean> {
    const asked = this.#clock.now();
    try {
      const answer = await this.#client.write(
        'sys/leases/renew',
        { lease_id: lease.id, increment: Math.round(lease.seconds) },
        options,
      );
      lease.endsAt = asked + secondsIn(answer?.lease_duration) * 1000;
      return true;
    } catch (error) {
      if (isFinal(error)) return false;
      throw error;
    }
  }

  /** It is gone afterwards, or soon. A server that does not know our way is asked in Vault's. */
  async giveBack(id: string, options: RequestOptions): Promise<void> {
    try {
      await this.#client.write('sys/leases/give-back', { lease_id: id }, options);
    } catch (error) {
      if (isWatchwordError(error, 'lease.missing')) return;
      if (!isWatchwordError(error, 'route.missing') && !isWatchwordError(error, 'request.unsupported')) throw error;
      await this.#client.write('sys/leases/revoke', { lease_id: id }, options);
    }
  }

  /** Undefined where it never ends, and where it may not look at itself. */
  async lookUpToken(options: RequestOptions): Promise<OwnToken | undefined> {
    const answer = await this.#client.read('auth/token/lookup-self', options).catch(() => undefined);
    const { ttl, renewable } = isJsonObject(answer?.data) ? answer.data : {};
    return typeof ttl === 'number' && ttl > 0 ? { seconds: ttl, renewable: renewable === true } : undefined;
  }

  /** Undefined where the server says that it cannot be done. @throws WatchwordError when it may be tried again */
  async renewToken(options: RequestOptions): Promise<OwnToken | undefined> {
    try {
      const answer = await this.#client.write('auth/token/renew-self', {}, options);
      const auth = isJsonObject(answer?.auth) ? answer.auth : {};
      return { seconds: secondsIn(auth.lease_duration), renewable: auth.renewable === true };
    } catch (error) {
      if (isFinal(error)) return undefined;
      throw error;
    }
  }
}

/** What an answer to asking for a credential leases. */
export function leaseIn(answer: Envelope, asked: number): HeldLease {
  const id = typeof answer.lease_id === 'string' ? answer.lease_id : '';
  const seconds = secondsIn(answer.lease_duration);
  const endsAt = seconds > 0 ? asked + seconds * 1000 : Number.POSITIVE_INFINITY;
  return { id, seconds, renewable: answer.renewable === true, endsAt, data: isJsonObject(answer.data) ? answer.data : {} };
}

const secondsIn = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

/** The server has looked at it and says no: not that it is busy, sealed or away. */
const isFinal = (error: unknown): boolean => error instanceof ServerRefusal && [400, 403, 404, 405].includes(error.status);
