import { homedir } from 'node:os';
import { isatty } from 'node:tty';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import { collectBounded } from './bounded-file.ts';
import { calledAs } from './called-as.ts';

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Everything that a command knows of the process it runs in, so that tests can run commands in memory. */
export interface Terminal {
  /** How this program was called, for hints: `watchword`, `bin/watchword`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether standard input is a person's keyboard. */
  readonly interactive: boolean;
  /** All of standard input. */
  readInput(): Promise<Buffer>;
  /** Asks on standard error and reads one line without showing it. */
  askSecret(question: string): Promise<Secret>;
  setExitCode(code: number): void;
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 100,
  };
}

function standardOutput(): Output {
  // A reader that has seen enough (`watchword list … | head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return output(process.stdout);
}

async function askSecret(question: string): Promise<Secret> {
  // Loaded here, since hooks ask nothing.
  const { createInterface } = await import('node:readline');
  const { Writable } = await import('node:stream');
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  try {
    const line = await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('SIGINT', () => reject(new Interrupted()));
      reader.once('close', () => reject(new WatchwordError('client.usage', 'Nothing was entered.')));
    });
    return Secret.fromText(line.trim());
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

/** Ctrl-C at a question: ends quietly with code 130. */
export class Interrupted extends Error {}

/** Standard input and output are opened when they are used: a hook uses neither, and every commit would wait for it. */
export function processTerminal(): Terminal {
  let stdout: Output | undefined;
  return {
    program: calledAs(process.argv[1] ?? '', process.env.PATH ?? '', process.cwd()),
    env: process.env,
    home: homedir(),
    get stdout() {
      stdout ??= standardOutput();
      return stdout;
    },
    stderr: output(process.stderr),
    interactive: isatty(0),
    readInput: () => collectBounded(process.stdin, 'Standard input'),
    askSecret,
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}
