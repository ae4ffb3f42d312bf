import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';
import { BrokenPromise, Ledger } from './ledger.ts';
import { mixedLoad } from './load/index.ts';
import type { Desk } from './load/load.ts';
import { workUntil } from './load/work.ts';
import { LogWatch } from './log-watch.ts';
import type { Seeded } from './seeded.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
/** Kept between servers, since a start is most of a round. */
const environment = { NODE_COMPILE_CACHE: join(tmpdir(), 'watchword-compile-cache') };

/** One store, its many lives, and everything that was promised in them. */
export class Trial {
  readonly dataDirectory: string;
  readonly #random: Seeded;
  readonly #ledger = new Ledger();
  readonly #load = mixedLoad();
  readonly #log: LogWatch;
  #lives = 0;
  /** Requests that were answered under load. */
  answered = 0;

  private constructor(dataDirectory: string, random: Seeded) {
    this.dataDirectory = dataDirectory;
    this.#random = random;
    this.#log = new LogWatch(join(dataDirectory, 'audit'));
  }

  static async begin(random: Seeded): Promise<Trial> {
    return new Trial(await mkdtemp(join(tmpdir(), 'watchword-crash-')), random);
  }

  get events(): number {
    return this.#log.events;
  }

  /** A start-up, the first of all perhaps, that is killed somewhere. */
  async killedStart(): Promise<void> {
    const args = [main, 'server', '--port', '0', '--data-dir', this.dataDirectory];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
    const ended = once(child, 'exit');
    const died = await Promise.race([ended, sleep(100 + this.#random.below(1_100))]);
    if (died !== undefined) throw new BrokenPromise(`the server ended by itself with ${died[0]}`);
    child.kill('SIGKILL');
    await ended;
  }

  /** A life: everything promised in earlier ones holds, then load, then `SIGKILL` at a random moment. */
  async life(): Promise<void> {
    const server = await this.#start();
    const desk = await this.#desk(server);
    try {
      await this.#check(desk);
      await this.#loadUntilKilled(desk, server);
    } finally {
      desk.client.close();
      if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
    }
  }

  /** A last life that ends as it should, and the folder is gone. */
  async end(): Promise<void> {
    const server = await this.#start();
    const desk = await this.#desk(server);
    await this.#check(desk);
    desk.client.close();
    const code = await server.stop();
    if (code !== 0) throw new BrokenPromise(`stopping ended with ${code}`);
    await this.#log.check(this.#ledger.answered);
    await rm(this.dataDirectory, { recursive: true });
  }

  #start(): Promise<RunningServer> {
    this.#lives += 1;
    return startServer({ dataDirectory: this.dataDirectory, environment });
  }

  async #desk(server: RunningServer): Promise<Desk> {
    return { client: new VaultClient(server.url, await server.rootToken()), ledger: this.#ledger };
  }

  async #check(desk: Desk): Promise<void> {
    await this.#log.check(this.#ledger.answered);
    await Promise.all(this.#load.loads.map((load) => load.check(desk)));
    await this.#checkFiles();
  }

  /** What a crash leaves half-written is used or overwritten later; it does not pile up. */
  async #checkFiles(): Promise<void> {
    const names = await readdir(this.dataDirectory, { recursive: true });
    const known =
      /^(\.gitignore|audit|root-token|seal\.key|watchword\.db(-wal|-shm|\.lock(-journal)?)?|audit\/(public-keys|\d{20}\.(events|index|checkpoints)))(\.new)?$/;
    const unknown = names.filter((name) => !known.test(name));
    if (unknown.length > 0) throw new BrokenPromise(`files that do not belong here: ${unknown.join(', ')}`);
    const segments = names.filter((name) => name.endsWith('.events'));
    if (segments.length > this.#lives) throw new BrokenPromise(`${segments.length} segments in ${this.#lives} lives`);
  }

  async #loadUntilKilled(desk: Desk, server: RunningServer): Promise<void> {
    // Requests may fail from the signal on, not only once the process is known to have ended.
    let killed = false;
    const kill = async () => {
      await sleep(100 + this.#random.below(900));
      killed = true;
      await server.kill();
    };
    const working = workUntil({ crashed: () => killed, troubled: false }, desk, this.#load.mixture, this.#random);
    const [answered] = await Promise.all([working, kill()]);
    this.answered += answered;
  }
}
