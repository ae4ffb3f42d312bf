import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const LOOK_MS = 5;

export interface WatchedCommand {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Arguments and environment, as any process of the same user could read them while it ran. */
  readonly seen: string;
}

export interface CommandSettings {
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs `watchword` with these words to its end, and looks over its shoulder. */
export async function runWatched(words: readonly string[], settings: CommandSettings): Promise<WatchedCommand> {
  const { home, environment = {}, input = '' } = settings;
  const child = spawn(process.execPath, [main, ...words], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const seen = new Set<string>();
  const look = () => {
    for (const file of ['cmdline', 'environ']) {
      try {
        seen.add(readFileSync(`/proc/${child.pid}/${file}`, 'latin1'));
      } catch {
        // It has ended, or this system has no such files.
      }
    }
  };
  const looking = setInterval(look, LOOK_MS);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  clearInterval(looking);
  return { code, stdout, stderr, seen: [...seen].join('\n') };
}
