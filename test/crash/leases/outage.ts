import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, startServer } from '../../testing/server.ts';
import { VaultClient } from '../../testing/vault-client.ts';
import { BrokenPromise } from '../ledger.ts';
import { setUpEngine } from './engine-setup.ts';
import type { CrashTarget } from './target.ts';
import { TargetProxy, type Weather } from './target-proxy.ts';
import { leasesOf } from './truth.ts';

const BOUND_MS = 60_000;
const LEASES = 8;
const TTL_S = 6;
const BETWEEN_MS = 500;
/** However long it lasts: afterwards each is asked for again within the bound. */
const MOST_KEYS = 200;
const TIMES = { default_ttl: '600s', max_ttl: '600s' };

/** How it went while the way to one of two targets was bad. Milliseconds. */
export interface Outage {
  readonly weather: Weather;
  readonly askedMeanwhile: number;
  readonly answeredMeanwhile: number;
  /** Issued and revoked at the other target, all of them with success. */
  readonly elsewhere: number;
  readonly slowestElsewhere: number;
  /** From fair weather on until everything was taken back. */
  readonly clearedMs: number;
}

/** A server with two targets, `near` and `far`: the way to the first one is bad. */
export class OutageTrial {
  readonly #target: CrashTarget;
  readonly #server: RunningServer;
  readonly #client: VaultClient;
  readonly #proxy: TargetProxy;

  private constructor(target: CrashTarget, proxy: TargetProxy, server: RunningServer, client: VaultClient) {
    this.#target = target;
    this.#proxy = proxy;
    this.#server = server;
    this.#client = client;
  }

  static async begin(near: CrashTarget, far: CrashTarget): Promise<OutageTrial> {
    const proxy = await TargetProxy.start(() => near.dial());
    const server = await startServer();
    const client = new VaultClient(server.url, await server.rootToken(), 2 * BOUND_MS);
    const common = { roles: ['train'], times: TIMES };
    await setUpEngine(client, near, { ...common, at: 'near', port: proxy.port });
    await setUpEngine(client, far, { ...common, at: 'far', port: far.port });
    return new OutageTrial(near, proxy, server, client);
  }

  /** Bad weather for so long, with leases that end in it, are revoked in it and are asked for in it. @throws BrokenPromise */
  async pass(weather: Weather, ms: number): Promise<Outage> {
    const before = await Promise.all(Array.from({ length: LEASES }, () => this.#issue(TTL_S)));
    this.#proxy.change(weather, this.#target.words.commit ?? this.#target.words.create);
    const until = Date.now() + ms;
    const asked = new Map<string, string | undefined>();
    const [elsewhere] = await Promise.all([
      this.#useOther(until),
      this.#ask({ until, pauseMs: Math.max(2 * BETWEEN_MS, ms / MOST_KEYS) }, asked),
      this.#revokeSome(before),
    ]);
    this.#proxy.change('fair');
    const fair = Date.now();
    const answeredMeanwhile = [...asked.values()].filter((id) => id !== undefined).length;
    await this.#askAgain(asked);
    await this.#untilGone(new Set(asked.values()), fair);
    const clearedMs = Date.now() - fair;
    await this.#client.send('POST', 'sys/leases/revoke-prefix/near', { body: { sync: true } });
    return { weather, askedMeanwhile: asked.size, answeredMeanwhile, ...elsewhere, clearedMs };
  }

  async end(): Promise<void> {
    this.#client.close();
    await this.#server.stop();
    await this.#proxy.close();
  }

  async #issue(ttl: number): Promise<string> {
    const { status, json, text } = await this.#client.send('POST', 'near/creds/train', { body: { ttl } });
    if (status !== 200) throw new BrokenPromise(`nothing is issued in fair weather: ${text}`);
    return json.lease_id;
  }

  async #revokeSome(leases: readonly string[]): Promise<void> {
    for (const id of leases.slice(0, LEASES / 2)) {
      const { status, text } = await this.#client.send('POST', 'sys/leases/revoke', { body: { lease_id: id } });
      if (status !== 204) throw new BrokenPromise(`a revocation that waits for nothing was answered with ${status}: ${text}`);
    }
  }

  async #useOther(until: number): Promise<Pick<Outage, 'elsewhere' | 'slowestElsewhere'>> {
    let [elsewhere, slowestElsewhere] = [0, 0];
    while (Date.now() < until) {
      const began = Date.now();
      const { status, json, text } = await this.#client.send('POST', 'far/creds/train');
      if (status !== 200) throw new BrokenPromise(`the other target suffers: ${text}`);
      const body = { lease_id: json.lease_id, sync: true };
      const revoked = await this.#client.send('POST', 'sys/leases/revoke', { body });
      if (revoked.status !== 204) throw new BrokenPromise(`the other target suffers: ${revoked.text}`);
      elsewhere += 1;
      slowestElsewhere = Math.max(slowestElsewhere, Date.now() - began);
      await sleep(BETWEEN_MS);
    }
    return { elsewhere, slowestElsewhere };
  }

  /** By keys, each once. @param asked gets the lease of each, where there was an answer */
  async #ask({ until, pauseMs }: { until: number; pauseMs: number }, asked: Map<string, string | undefined>): Promise<void> {
    const waiting: Promise<void>[] = [];
    while (Date.now() < until) {
      waiting.push(this.#askOnce(randomUUID(), asked));
      await sleep(pauseMs);
    }
    await Promise.all(waiting);
  }

  async #askOnce(key: string, asked: Map<string, string | undefined>): Promise<void> {
    asked.set(key, undefined);
    const { status, json } = await this.#client.send('POST', 'near/creds/train', { headers: { 'Idempotency-Key': key } });
    if (status === 200) asked.set(key, json.lease_id);
  }

  async #askAgain(asked: Map<string, string | undefined>): Promise<void> {
    const end = Date.now() + BOUND_MS;
    for (const [key, id] of asked) {
      while (id === undefined && asked.get(key) === undefined) {
        if (Date.now() > end) throw new BrokenPromise('nothing is issued a minute after the weather became fair');
        await this.#askOnce(key, asked);
        await sleep(20);
      }
    }
  }

  /** Until the target holds what was given for the keys, and nothing else. */
  async #untilGone(given: ReadonlySet<string | undefined>, since: number): Promise<void> {
    for (;;) {
      const leases = (await leasesOf(this.#client)).filter(({ id }) => id.startsWith('near/'));
      const expected = leases.filter(({ id, state }) => given.has(id) && state === 'active').map((lease) => lease.external_name);
      const there = await this.#target.accounts();
      if (expected.length !== given.size) throw new BrokenPromise(`of ${given.size} given, ${expected.length} are in the ledger`);
      if (there.length === expected.length && there.every((name) => expected.includes(name))) return;
      if (Date.now() > since + BOUND_MS) {
        const states = leases.map(({ state }) => state).join(' ');
        throw new BrokenPromise(`${there.length} accounts a minute after, where ${expected.length} should be: ${states}`);
      }
      await sleep(100);
    }
  }
}
