import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const KEPT_OUTPUT = 8_000;
const STOP_MS = 5_000;
const LOOK_MS = 100;
/** Below the ports that the kernel gives to outgoing connections, so that none of them takes one between its choice and its use. */
const PORTS = [20_000, 32_000] as const;

/** The user that test workloads run as, unless another one is said. */
export const NOBODY = 65_534;

/** A program that serves until it is stopped. It never outlives who started it. */
export interface Daemon {
  readonly process: ChildProcess;
  /** The end of what it has printed. */
  output(): string;
  /** Asks it to end, and ends it after five seconds; `SIGKILL` at once. Again is no error. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface DaemonSettings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** The environment of daemons and of the programs that talk to them: nothing of the developer's shell but where programs are. */
export const daemonEnvironment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
  ...more,
});

/** Started, not yet serving. One that can't be started says so in its output. */
export function startDaemon(program: string, words: readonly string[], { environment, directory }: DaemonSettings = {}): Daemon {
  // The kernel ends it with its parent, however that dies.
  const child = spawn('setpriv', ['--pdeathsig=KILL', program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: daemonEnvironment(environment),
    cwd: directory,
  });
  let said = '';
  const take = (text: string) => {
    said = (said + text).slice(-KEPT_OUTPUT);
  };
  child.on('error', ({ message }) => take(message));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  return {
    process: child,
    output: () => said,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(overdue);
    },
  };
}

/** Looks until it holds; what throws does not hold. @throws Error with `said()` once the time is over */
export async function until(
  ms: number,
  holds: () => Promise<boolean>,
  said: () => string = () => 'it took too long',
): Promise<void> {
  const end = Date.now() + ms;
  do {
    if (await holds().catch(() => false)) return;
    await pause(LOOK_MS);
  } while (Date.now() < end);
  throw new Error(said());
}

const given = new Set<number>();

/** A port of the loopback interface that nobody listens at; never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
