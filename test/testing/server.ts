import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const GREETING = /serving at (\S+)/;
const STOP_MS = 10_000;

export interface ServerSettings {
  /** Kept when the server stops; without it a fresh one that goes with the server. */
  readonly dataDirectory?: string;
  /** More options of `watchword server`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A server process of its own on a free port of the loopback interface. */
export interface RunningServer {
  readonly url: string;
  readonly dataDirectory: string;
  readonly process: ChildProcess;
  /** From the file that the first start wrote. */
  rootToken(): Promise<string>;
  /** Everything that the server has printed, terminal and log alike. */
  output(): string;
  /** Interrupts it as Ctrl-C does, waits for its end and gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** Resolves once the server has told its address. @throws Error with what it printed when it ends before that */
export async function startServer(settings: ServerSettings = {}): Promise<RunningServer> {
  const dataDirectory = settings.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'watchword-server-')));
  const args = [main, 'server', '--port', '0', '--data-dir', dataDirectory, ...(settings.args ?? [])];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited(), ...settings.environment },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const discard = async () => {
    if (settings.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  };
  const printed: string[] = [];
  const url = await greeting(child, ended, printed).catch(async (error: unknown) => {
    await discard();
    throw error;
  });
  return {
    url,
    dataDirectory,
    process: child,
    rootToken: async () => (await readFile(join(dataDirectory, 'root-token'), 'utf8')).trim(),
    output: () => printed.join(''),
    async stop() {
      child.kill('SIGINT');
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const code = await ended;
      clearTimeout(overdue);
      await discard();
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
      await discard();
    },
  };
}

/** What the test run or the developer's shell says about servers and tokens is not for this one. */
function inherited(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS$|WATCHWORD_|VAULT_)/.test(name));
  return Object.fromEntries(entries);
}

function greeting(child: ChildProcess, ended: Promise<number | null>, printed: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const take = (chunk: string) => {
      printed.push(chunk);
      const url = GREETING.exec(printed.join(''))?.[1];
      if (url !== undefined) resolve(url);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`the server ended with ${code} before it served:\n${printed.join('')}`)));
  });
}
