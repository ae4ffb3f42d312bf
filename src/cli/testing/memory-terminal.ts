import { Secret } from '../../foundation/secret.ts';
import { reportFailure } from '../failure.ts';
import { runCommandLine } from '../program.ts';
import type { Terminal } from '../terminal.ts';

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  /** Standard input; without it a person sits there, who answers questions with `answer`. */
  readonly input?: string | Buffer;
  readonly answer?: string;
  readonly isTerminal?: boolean;
  readonly program?: string;
}

/** Runs one command line in this process, as `main.ts` does. */
export async function run(words: readonly string[], settings: RunSettings = {}): Promise<RunResult> {
  let code = 0;
  const out: string[] = [];
  const err: string[] = [];
  const isTerminal = settings.isTerminal ?? false;
  const terminal: Terminal = {
    program: settings.program ?? 'watchword',
    env: settings.env ?? {},
    home: settings.home ?? '/nonexistent',
    stdout: { write: (text) => void out.push(text), isTerminal, columns: 100 },
    stderr: { write: (text) => void err.push(text), isTerminal, columns: 100 },
    interactive: settings.input === undefined,
    readInput: async () => Buffer.from(settings.input ?? ''),
    askSecret: async () => Secret.fromText(settings.answer ?? ''),
    setExitCode: (value) => {
      code = value;
    },
  };
  try {
    await runCommandLine(words, terminal);
  } catch (error) {
    code = reportFailure(error, terminal);
  }
  return { code, out: out.join(''), err: err.join('') };
}
