import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** As shells have it: a command that is not there, and one that cannot be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;
const BY_SIGNAL = 128;

export interface RunningChild {
  /** Its exit code, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  pass(signal: NodeJS.Signals): void;
}

/** Exit code of a process that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => BY_SIGNAL + constants.signals[signal];

/** Starts a command on our own terminal. @param say hears why it could not be started */
export function startChild(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): RunningChild {
  const [program = '', ...args] = words;
  const failed = (error: unknown): number => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    say(`${program}: ${missing ? 'there is no such command' : 'the command cannot be run'}.`);
    return missing ? NOT_FOUND : NOT_RUNNABLE;
  };
  try {
    const child = spawn(program, args, { stdio: 'inherit', env });
    const ended = new Promise<number>((resolve) => {
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(failed(error));
      });
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 0) : codeOfSignal(signal)));
    });
    return { ended, pass: (signal) => void child.kill(signal) };
  } catch (error) {
    return { ended: Promise.resolve(failed(error)), pass: () => {} };
  }
}

/**
 * Whether a key on the terminal (Ctrl-C) reaches the command by itself, since it is in the group that the terminal speaks to: then
 * it must not hear of it twice. proc_pid_stat(5); false outside of Linux.
 */
export function hearsTerminal(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return false;
  }
}
