import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { wholeNumber } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { type DirectoryOptions, openDirectory, withDirectory } from './log-directory.ts';

interface Options extends DirectoryOptions {
  readonly from: number;
  readonly to?: number;
  readonly out?: string;
}

export function exportCommand(terminal: Terminal): Command {
  const command = new Command('export')
    .description('Prints events as they stand in the log, byte for byte, one JSON object a line.')
    .option('--from <event>', 'index of the first one', wholeNumber(0), 0)
    .option('--to <event>', 'index of the last one', wholeNumber(0))
    .option('--out <file>', 'write to this new file');
  return withDirectory(command, terminal).action(async ({ from, to, out, dir }: Options) => {
    const lines = (await openDirectory({ dir })).linesFrom(from, to === undefined ? undefined : to + 1);
    if (out === undefined) {
      for await (const { bytes } of lines) terminal.stdout.write(`${bytes.toString('utf8')}\n`);
      return;
    }
    const file = await open(out, 'wx', 0o600);
    try {
      for await (const { bytes } of lines) await file.write(`${bytes.toString('utf8')}\n`);
    } finally {
      await file.close();
    }
  });
}

export function checkpointCommand(terminal: Terminal): Command {
  const command = new Command('checkpoint').description(
    'Prints the newest checkpoint. Keep it where whoever can change the log cannot reach it, for `verify --checkpoint`.',
  );
  return withDirectory(command, terminal).action(async (options: DirectoryOptions) => {
    const checkpoint = await (await openDirectory(options)).lastCheckpoint();
    if (checkpoint === undefined) {
      throw new WatchwordError('client.usage', 'The log has no checkpoint yet: they are signed while the server is unsealed.');
    }
    terminal.stdout.write(checkpoint.text);
  });
}
