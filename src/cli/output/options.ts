import { type Command, Option } from 'commander';
import { environmentSettings } from '../../client/environment.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Terminal } from '../terminal.ts';

export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

export interface OutputOptions {
  readonly format?: Format;
  readonly json?: boolean;
  readonly field?: string;
}

export function withFormat(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('--format <name>', 'how to print (default: table, or WATCHWORD_FORMAT)').choices(formats))
    .option('--json', 'the same as --format json')
    .optionsGroup('Options:');
}

/** `--field` prints one bare value, for scripts. */
export function withField(command: Command): Command {
  return withFormat(command)
    .optionsGroup('Output:')
    .option('--field <name>', 'print this value alone; with a line end only on a terminal')
    .optionsGroup('Options:');
}

/** @throws WatchwordError `client.usage` when the environment names a format that there is not */
export function chosenFormat(terminal: Terminal, options: OutputOptions): Format {
  if (options.json === true) return 'json';
  const format = options.format ?? environmentSettings(terminal.env).format ?? 'table';
  const known = formats.find((name) => name === format);
  if (known === undefined) throw new WatchwordError('client.usage', 'WATCHWORD_FORMAT (or VAULT_FORMAT) is table, json or yaml.');
  return known;
}
