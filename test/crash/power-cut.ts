import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedFiles } from '../../src/audit/testing/simulated-files.ts';
import { systemClock } from '../../src/foundation/node-ports.ts';
import type { Clock, Files } from '../../src/foundation/ports.ts';
import { serveHere } from './in-process.ts';
import { Ledger } from './ledger.ts';
import { mixedLoad } from './load/index.ts';
import type { Desk } from './load/load.ts';
import { workUntil } from './load/work.ts';
import { LogWatch } from './log-watch.ts';
import type { Seeded } from './seeded.ts';

const DATABASE = ['watchword.db', 'watchword.db-wal'];
const LONGEST_LOAD_MS = 2_000;

/** The real time, with waits that are so many times shorter. */
class HurriedClock implements Clock {
  hurry = 1;
  now = () => systemClock.now();
  sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / this.hurry, signal);
}

export interface PowerCutSettings {
  /** How the server sees its disk. */
  readonly wrap?: (disk: SimulatedFiles) => Files;
  /** Whether the disk is full, fails or hangs now and then before the power is cut. */
  readonly troubled?: boolean;
}

interface Life extends Desk {
  /** The server is gone as after a power cut; the database is as it was then. */
  cut(): Promise<void>;
}

/**
 * A store in this process whose log and keys lie on a simulated disk, which forgets at a power cut what was not synced. The database
 * is SQLite on the real disk, taken as it stands at the cut.
 */
export class PowerCutTrial {
  readonly #random: Seeded;
  readonly #settings: PowerCutSettings;
  readonly #ledger = new Ledger();
  readonly #load = mixedLoad();
  readonly #dataDirectory: string;
  readonly #log: LogWatch;
  #disk: SimulatedFiles;
  answered = 0;

  private constructor(dataDirectory: string, random: Seeded, settings: PowerCutSettings) {
    this.#dataDirectory = dataDirectory;
    this.#random = random;
    this.#settings = settings;
    this.#disk = new SimulatedFiles(random.below(2 ** 31));
    this.#log = new LogWatch(join(dataDirectory, 'audit'));
  }

  static async begin(random: Seeded, settings: PowerCutSettings = {}): Promise<PowerCutTrial> {
    return new PowerCutTrial(await mkdtemp(join(tmpdir(), 'watchword-power-cut-')), random, settings);
  }

  /** Everything promised in earlier lives holds; then load until the power is cut, at a random operation of the disk. */
  async life(): Promise<void> {
    const life = await this.#start();
    let watching: NodeJS.Timeout | undefined;
    try {
      await this.#log.check(this.#ledger.answered, this.#disk);
      await Promise.all(this.#load.loads.map((load) => load.check(life)));
      this.#disk.crashAt = this.#disk.operations + 10 + this.#random.below(400);
      const enough = performance.now() + LONGEST_LOAD_MS;
      const crashed = () => this.#disk.crashed || performance.now() > enough;
      const { troubled = false } = this.#settings;
      watching = setInterval(() => {
        // No answer will come any more.
        if (crashed()) life.client.close();
        else if (troubled) this.#trouble();
      }, 5);
      this.answered += await workUntil({ crashed, troubled }, life, this.#load.mixture, this.#random);
    } finally {
      clearInterval(watching);
      await life.cut();
    }
    this.#disk = this.#disk.crash();
  }

  async end(): Promise<void> {
    await rm(this.#dataDirectory, { recursive: true });
  }

  #trouble(): void {
    const kind = this.#random.below(80);
    if (kind === 0) this.#disk.failingSyncs = 1 + this.#random.below(3);
    else if (kind === 1) this.#disk.space = this.#random.below(5_000);
    else if (kind === 2) this.#disk.failingTruncations = 1;
    else if (kind === 3) this.#disk.hanging = true;
    else if (kind < 14) this.#disk.space = Number.POSITIVE_INFINITY;
    else if (kind < 24) this.#disk.unhang();
  }

  async #start(): Promise<Life> {
    const { troubled = false, wrap = (disk: SimulatedFiles) => disk } = this.#settings;
    const clock = new HurriedClock();
    if (troubled) clock.hurry = 10;
    const disk = this.#disk;
    const serving = await serveHere(this.#dataDirectory, wrap(disk), clock);
    return {
      client: serving.client,
      ledger: this.#ledger,
      cut: async () => {
        disk.crashAt = 0;
        clock.hurry = 100;
        this.#keepDatabase();
        await serving.close();
        this.#putDatabaseBack();
      },
    };
  }

  #keepDatabase(): void {
    for (const file of this.#databaseFiles()) if (existsSync(file)) copyFileSync(file, `${file}.kept`);
  }

  #putDatabaseBack(): void {
    for (const file of this.#databaseFiles()) {
      rmSync(file, { force: true });
      if (existsSync(`${file}.kept`)) renameSync(`${file}.kept`, file);
    }
  }

  #databaseFiles(): readonly string[] {
    return DATABASE.map((name) => join(this.#dataDirectory, name));
  }
}
