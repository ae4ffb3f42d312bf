import { type ExecFileException, execFile } from 'node:child_process';
import { WatchwordError } from '../../foundation/errors.ts';

/** Runs a program of SLURM or MUNGE with these words and input; gives what it printed. Tests bring their own. */
export type RunProgram = (program: string, words: readonly string[], input?: string) => Promise<string>;

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT = 4 * 1024 * 1024;

/** @throws WatchwordError `client.usage` when it cannot be run or fails; its output is not repeated */
export const runProgram: RunProgram = (program, words, input = '') =>
  new Promise((resolve, reject) => {
    const child = execFile(program, words, { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new WatchwordError('client.usage', `${program} ${reasonOf(error)}`, { where: program }));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });

function reasonOf(error: ExecFileException): string {
  if (error.code === 'ENOENT') return 'is not installed here.';
  return typeof error.code === 'number' ? `failed with exit code ${error.code}.` : 'did not answer.';
}
