import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../bin/watchword');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody at a shell: a home folder and an environment of their own. */
export interface Person extends AsyncDisposable {
  readonly home: string;
  /** Runs `bin/watchword` to its end. @param input given on standard input @param told hears what is said on standard error, as it is said */
  run(words: readonly string[], input?: string, told?: (text: string) => void): Promise<Finished>;
}

export async function atTheShell(environment: Readonly<Record<string, string>>): Promise<Person> {
  const home = await mkdtemp(join(tmpdir(), 'watchword-home-'));
  return {
    home,
    async run(words, input = '', told = () => {}) {
      const child = spawn(process.execPath, [launcher, ...words], {
        cwd: home,
        env: { PATH: process.env['PATH'], HOME: home, ...environment },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => {
        err.push(chunk);
        told(chunk.toString());
      });
      child.stdin.end(input);
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}
