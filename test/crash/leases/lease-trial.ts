import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, startServer } from '../../testing/server.ts';
import { VaultClient } from '../../testing/vault-client.ts';
import { BrokenPromise } from '../ledger.ts';
import { LogWatch } from '../log-watch.ts';
import type { Seeded } from '../seeded.ts';
import { AccountWatch } from './account-watch.ts';
import { LeaseBook } from './book.ts';
import { Clients, KEYED, type Life } from './clients.ts';
import { type CrashPoint, CrashPoints, nameOf, type Request, wayTo } from './crash-points.ts';
import { setUpEngine, setUpStaticRole } from './engine-setup.ts';
import type { CrashTarget } from './target.ts';
import { TargetProxy } from './target-proxy.ts';
import { leasesOf, Truth } from './truth.ts';

const main = join(import.meta.dirname, '../../../src/cli/main.ts');
const environment = { NODE_COMPILE_CACHE: join(tmpdir(), 'watchword-compile-cache') };
/** A named point that is not reached in this time is given up: the server is killed all the same. */
const REACH_MS = 2500;
const CLEANUP_MS = 60_000;
const LIFETIMES = { default_ttl: '30s', max_ttl: '600s' };

/** One server with a target, its many lives, and what must hold of its leases after each crash. */
export class LeaseTrial {
  readonly dataDirectory: string;
  readonly book = new LeaseBook();
  readonly watch: AccountWatch;
  readonly truth: Truth;
  /** How often the server was killed at each point. */
  readonly kills = new Map<string, number>();
  readonly #target: CrashTarget;
  readonly #proxy: TargetProxy;
  readonly #points: CrashPoints;
  readonly #clients: Clients;
  readonly #answered = new Set<string>();

  private constructor(
    dataDirectory: string,
    { target, proxy, random }: { target: CrashTarget; proxy: TargetProxy; random: Seeded },
  ) {
    this.dataDirectory = dataDirectory;
    this.#target = target;
    this.#proxy = proxy;
    this.#points = new CrashPoints(target, random);
    this.watch = new AccountWatch(target);
    const { book, watch } = this;
    const rotate = target.mount === 'database' ? 'rotate-root/db' : 'config/rotate-root';
    const hasStatic = target.staticAccount !== undefined;
    const { mount } = target;
    this.#clients = new Clients({ mount, book, watch, random, rotate, hasStatic, answered: this.#answered });
    this.truth = new Truth({ target, mount, book, watch, clients: this.#clients });
  }

  /** With the engine set up, in a life that ends well. */
  static async begin(target: CrashTarget, random: Seeded): Promise<LeaseTrial> {
    const proxy = await TargetProxy.start(() => target.dial());
    const trial = new LeaseTrial(await mkdtemp(join(tmpdir(), 'watchword-leases-')), { target, proxy, random });
    const { server, client } = await trial.#start();
    await trial.#setUp(client);
    client.close();
    await server.stop();
    trial.watch.begin();
    return trial;
  }

  /** One crash, after everything that was promised before it has been looked at. */
  async round(): Promise<void> {
    const point = this.#points.next();
    if (point.at === 'start') return this.#killedStart(point.ms);
    const { server, client } = await this.#start();
    try {
      await this.truth.check(client);
      await this.#workUntilKilled(server, client, point);
    } catch (error) {
      throw new Error(`${error}; printed since its start: ${server.output().slice(-2000)}`, { cause: error });
    } finally {
      client.close();
      if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
    }
  }

  /**
   * A last life that takes everything back and ends as it should; then all is gone. Gives how long that took, in milliseconds.
   * @param patient also waits for what may arrive late at the target, and is looked for once more
   */
  async end({ patient }: { readonly patient: boolean }): Promise<number> {
    const { server, client } = await this.#start();
    await this.truth.check(client);
    const began = Date.now();
    await client.send('POST', `sys/leases/revoke-prefix/${this.#target.mount}/creds`);
    for (const { username } of this.book.all) this.watch.dueBy(username, Date.now());
    while (!(await this.#isClear(client, patient))) {
      if (Date.now() > began + CLEANUP_MS) throw new BrokenPromise('leases are left a minute after everything was revoked');
      await sleep(200);
    }
    const took = Date.now() - began;
    const left = await this.#target.accounts();
    if (left.length > 0) throw new BrokenPromise(`orphans at the target: ${left.join(', ')}`);
    await this.watch.stop();
    client.close();
    const code = await server.stop();
    if (code !== 0) throw new BrokenPromise(`stopping ended with ${code}`);
    await new LogWatch(join(this.dataDirectory, 'audit')).check(this.#answered);
    await this.#proxy.close();
    await rm(this.dataDirectory, { recursive: true });
    return took;
  }

  /** Once more is no error: nothing is left that looks at the target. */
  async abandon(): Promise<void> {
    await this.watch.stop().catch(() => undefined);
    await this.#proxy.close().catch(() => undefined);
  }

  async #isClear(client: VaultClient, patient: boolean): Promise<boolean> {
    const leases = await leasesOf(client);
    if (patient || leases.some(({ state }) => state !== 'doubtful')) return leases.length === 0;
    return (await this.#target.accounts()).length === 0;
  }

  async #start(): Promise<{ server: RunningServer; client: VaultClient }> {
    const server = await startServer({ dataDirectory: this.dataDirectory, environment });
    return { server, client: new VaultClient(server.url, await server.rootToken()) };
  }

  async #setUp(client: VaultClient): Promise<void> {
    const { mount, staticAccount } = this.#target;
    const roles = ['train', ...Array.from({ length: KEYED }, (_, slot) => `keyed-${slot}`)];
    await setUpEngine(client, this.#target, { at: mount, port: this.#proxy.port, roles, times: LIFETIMES });
    if (staticAccount !== undefined) await setUpStaticRole(client, mount, staticAccount);
  }

  async #killedStart(ms: number): Promise<void> {
    const args = [main, 'server', '--port', '0', '--data-dir', this.dataDirectory];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
    const ended = once(child, 'exit');
    const died = await Promise.race([ended, sleep(ms)]);
    if (died !== undefined) throw new BrokenPromise(`the server ended by itself with ${died[0]}`);
    child.kill('SIGKILL');
    await ended;
    this.#count('start');
  }

  async #workUntilKilled(server: RunningServer, client: VaultClient, point: CrashPoint): Promise<void> {
    let killed = false;
    const kill = (name: string) => {
      if (killed) return;
      killed = true;
      server.process.kill('SIGKILL');
      this.#count(name);
    };
    const aimed = () => kill(nameOf(point));
    const life: Life = {
      client,
      killed: () => killed,
      favourite: wayTo(point),
      ...clientHooks(point, aimed),
    };
    const words = point.at === 'target' ? this.#target.words[point.verb] : undefined;
    if (point.at === 'target' && words !== undefined) {
      this.#proxy.set({ words, moment: point.moment, skip: point.skip, delayMs: point.delayMs, spring: aimed });
    }
    const late = setTimeout(() => kill('random'), point.at === 'random' ? point.ms : REACH_MS);
    await Promise.all([this.#clients.work(life), once(server.process, 'exit')]);
    clearTimeout(late);
    this.#proxy.set(undefined);
  }

  #count(name: string): void {
    this.kills.set(name, (this.kills.get(name) ?? 0) + 1);
  }
}

/** Only after a few requests, so that there is something to lose. */
function clientHooks(point: CrashPoint, spring: () => void): Pick<Life, 'sent' | 'told'> {
  let left = 6;
  const meant = (request: Request, moment: 'sent' | 'told') =>
    point.at === 'client' && point.moment === moment && point.request === request && left-- <= 0;
  return {
    sent: (request) => {
      if (meant(request, 'sent')) setTimeout(spring, point.at === 'client' ? point.delayMs : 0);
    },
    told: (request) => {
      if (meant(request, 'told')) spring();
    },
  };
}
