import { WatchwordClient } from '../../../../client/client.ts';
import type { HttpAnswer, HttpRequest } from '../../../../client/transport.ts';
import { Unreachable } from '../../../../client/unreachable.ts';
import type { Clock } from '../../../../foundation/ports.ts';
import { CredentialSource } from '../source.ts';

/** Time moves when somebody sleeps. */
export class SleepingClock implements Clock {
  time = Date.UTC(2026, 0, 2, 3, 4, 5);
  readonly naps: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.naps.push(ms);
    this.time += ms;
  }
}

interface Lease {
  endsAt: number;
  readonly longest: number;
}

/** Issues numbered credentials, in memory, as our server does. */
export class LeaseServer {
  readonly leases = new Map<string, Lease>();
  readonly clock: Clock;
  /** Seconds. */
  ttl = 60;
  maxTtl = 3600;
  /** Undefined: its token never ends. */
  token: { ttl: number; renewable: boolean } | undefined;
  /** What is asked for and not answered, by the last part of the path, and why. A number is a status. */
  readonly trouble = new Map<string, 'away' | 'lost' | 'silent' | number>();
  readonly asked: { readonly what: string; readonly key: string | undefined; readonly body: Record<string, unknown> }[] = [];
  #issued = new Map<string, string>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  source(): CredentialSource {
    const address = new URL('http://lease.test');
    const connection = { address, token: undefined, timeoutMs: 1000 } as WatchwordClient['connection'];
    const client = new WatchwordClient(connection, (request) => this.#answer(request));
    return new CredentialSource(client, { path: 'database/creds/training', body: {} }, this.clock);
  }

  count(what: string): number {
    return this.asked.filter((one) => one.what === what).length;
  }

  async #answer({ target, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    await new Promise((resolve) => setImmediate(resolve));
    const what = target.slice(target.lastIndexOf('/') + 1);
    const key = headers['Idempotency-Key'];
    const sent = body === undefined ? {} : JSON.parse(body.toString());
    this.asked.push({ what, key, body: sent });
    const trouble = this.trouble.get(what);
    if (trouble === 'silent') await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    if (signal?.aborted || trouble === 'away') throw new Unreachable('The server is away.');
    if (typeof trouble === 'number') return json({ errors: [trouble === 403 ? 'permission denied' : 'no'] }, trouble);
    const answer = this.#perform(what, sent, key);
    if (trouble === 'lost') throw new Unreachable('The answer was lost.');
    return answer;
  }

  #perform(what: string, sent: Record<string, unknown>, key = ''): HttpAnswer {
    const id = String(sent['lease_id']);
    if (what === 'training') return this.#issue(key);
    if (what === 'lookup-self') return json({ data: this.token ?? { ttl: 0, renewable: false } });
    if (what === 'renew-self') return json({ auth: { lease_duration: this.token?.ttl, renewable: this.token?.renewable } });
    const lease = this.leases.get(id);
    if (lease === undefined) return json({ errors: ['There is no such lease.'] }, 400);
    if (what === 'give-back') {
      this.leases.delete(id);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    lease.endsAt = Math.min(this.clock.now() + Number(sent['increment']) * 1000, lease.longest);
    return json({ lease_id: id, lease_duration: Math.round((lease.endsAt - this.clock.now()) / 1000), renewable: true });
  }

  #issue(key: string): HttpAnswer {
    const id = this.#issued.get(key) ?? `database/creds/training/${this.leases.size + 1}`;
    this.#issued.set(key, id);
    const now = this.clock.now();
    this.leases.set(id, { endsAt: now + this.ttl * 1000, longest: now + this.maxTtl * 1000 });
    const data = { username: `user-${id.slice(-1)}`, password: `it's "${id.slice(-1)}"` };
    return json({ lease_id: id, lease_duration: this.ttl, renewable: true, data });
  }
}

const json = (value: unknown, status = 200): HttpAnswer => ({ status, headers: {}, body: Buffer.from(JSON.stringify(value)) });
