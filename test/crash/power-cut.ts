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
const LONGEST_LOAD_MS = 3_000;

/** Waits are short once the power is gone: nothing will come of them. */
class Hurrying implements Clock {
  hurry = false;
  now = () => systemClock.now();
  sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(this.hurry ? ms / 100 : ms, signal);
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
  readonly #wrap: (disk: SimulatedFiles) => Files;
  readonly #ledger = new Ledger();
  readonly #load = mixedLoad();
  readonly #dataDirectory: string;
  readonly #log: LogWatch;
  #disk: SimulatedFiles;
  answered = 0;

  private constructor(dataDirectory: string, random: Seeded, wrap: (disk: SimulatedFiles) => Files) {
    this.#dataDirectory = dataDirectory;
    this.#random = random;
    this.#wrap = wrap;
    this.#disk = new SimulatedFiles(random.below(2 ** 31));
    this.#log = new LogWatch(join(dataDirectory, 'audit'));
  }

  /** @param wrap how the server sees the disk */
  static async begin(random: Seeded, wrap: (disk: SimulatedFiles) => Files = (disk) => disk): Promise<PowerCutTrial> {
    return new PowerCutTrial(await mkdtemp(join(tmpdir(), 'watchword-power-cut-')), random, wrap);
  }

  /** Everything promised in earlier lives holds; then load until the power is cut, at a random operation of the disk. */
  async life(): Promise<void> {
    const life = await this.#start();
    let watching: NodeJS.Timeout | undefined;
    try {
      await this.#log.check(this.#ledger.answered, this.#disk);
      for (const load of this.#load.loads) await load.check(life);
      this.#disk.crashAt = this.#disk.operations + 10 + this.#random.below(600);
      const enough = performance.now() + LONGEST_LOAD_MS;
      const dark = () => this.#disk.crashed || performance.now() > enough;
      // No answer will come any more.
      watching = setInterval(() => dark() && life.client.close(), 5);
      this.answered += await workUntil(dark, life, this.#load.mixture, this.#random);
    } finally {
      clearInterval(watching);
      await life.cut();
    }
    this.#disk = this.#disk.crash();
  }

  async end(): Promise<void> {
    await rm(this.#dataDirectory, { recursive: true });
  }

  async #start(): Promise<Life> {
    const clock = new Hurrying();
    const disk = this.#disk;
    const serving = await serveHere(this.#dataDirectory, this.#wrap(disk), clock);
    return {
      client: serving.client,
      ledger: this.#ledger,
      cut: async () => {
        disk.crashAt = 0;
        clock.hurry = true;
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
