import { CommanderError } from 'commander';
import { isWatchwordError } from '../foundation/errors.ts';
import { withProgram } from './called-as.ts';
import { exitCodes } from './exit-codes.ts';
import { visible } from './output/visible.ts';
import { Interrupted, type Terminal } from './terminal.ts';

/** Says on standard error what was wrong and what to do next; gives the exit code. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof CommanderError) return reportUsage(error, terminal);
  if (isWatchwordError(error)) {
    const where = error.where === undefined || error.message.includes(error.where) ? '' : ` (${visible(error.where)})`;
    const text = `Error: ${visible(error.message)}${where}\n${visible(error.remedy)}\n`;
    terminal.stderr.write(withProgram(text, terminal.program));
    return USAGE.has(error.code) ? exitCodes.usage : exitCodes.failed;
  }
  const problem = fileProblem(error);
  if (problem !== undefined) {
    terminal.stderr.write(`Error: ${visible(problem)}\n`);
    return exitCodes.failed;
  }
  terminal.stderr.write(`Error: ${error instanceof Error ? visible(error.stack ?? error.message) : 'unknown failure'}\n`);
  terminal.stderr.write('This is a fault in Watchword itself; please report it.\n');
  return exitCodes.failed;
}

/** What somebody gave that cannot be used. */
const USAGE: ReadonlySet<string> = new Set(['client.usage', 'baseline.invalid']);

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'you may not use this file; check its owner and mode.',
  EISDIR: 'this is a folder; name a file in it.',
};

/** Which file cannot be used and why, in words; undefined when the error is not one of the file system. */
export function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const file = 'path' in error ? String(error.path) : 'A file';
  return `${file}: ${FILE_PROBLEMS[String(error.code)] ?? `the file cannot be used (${error.code}).`}`;
}

function reportUsage(error: CommanderError, terminal: Terminal): number {
  // Help was asked for and is printed already.
  if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  terminal.stderr.write(`Error: ${visible(withoutValues(error.message))}\nAdd --help to see what the command takes.\n`);
  return exitCodes.usage;
}

/** Commander quotes what it did not understand; that may be a secret, and standard error may be a build's log. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/^(unknown option '[^=']+)=[\s\S]*'(?=\n\(Did you mean|$)/, "$1'")
    .replace(/ (but got \d+): [\s\S]*$/, ' $1.')
    .replace(/ (argument|value) '[\s\S]*' (is invalid|from env)/, ' $1 $2');
}
