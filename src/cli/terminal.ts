import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Everything that a command knows of the process it runs in, so that tests can run commands in memory. */
export interface Terminal {
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

const MAX_INPUT = 32 * 1024 * 1024;

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 100,
  };
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_INPUT) throw new WatchwordError('request.too-large', 'Standard input holds more than 32 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function askSecret(question: string): Promise<Secret> {
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

export function processTerminal(): Terminal {
  return {
    env: process.env,
    home: homedir(),
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    interactive: process.stdin.isTTY === true,
    readInput,
    askSecret,
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}
