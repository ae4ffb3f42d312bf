import { Command } from 'commander';
import type { Envelope } from '../../client/client.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { dataSources, parseData } from '../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection, withWrapping } from '../options.ts';
import { chosenFormat, type OutputOptions, withField } from '../output/options.ts';
import { answerData, printAnswer, printDone, printWarnings } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

interface WriteOptions extends ConnectionOptions, OutputOptions {
  readonly force?: boolean;
}

export function writeCommand(terminal: Terminal): Command {
  const command = new Command('write')
    .description('Writes to a path of the API. Values from files and standard input stay out of the process list.')
    .argument('<path>', 'path below /v1/')
    .argument('[data...]', 'key=value, key=@file, key=- (standard input), @file.json or - (a JSON object)')
    .option('-f, --force', 'write although there is no data');
  withField(withConnection(withWrapping(command)));
  return command.action(async (path: string, words: readonly string[], options: WriteOptions) => {
    if (words.length === 0 && options.force !== true) {
      throw new WatchwordError('client.usage', 'There is nothing to write; add key=value, or --force to write without data.');
    }
    const data = await parseData(words, dataSources(terminal));
    const client = await clientFor(terminal, options);
    const answer = await client.write(path, data, { wrapTtl: options.wrapTtl });
    if (answer !== undefined && !isBareWarning(terminal, options, answer)) return printAnswer(terminal, options, answer);
    if (answer !== undefined) printWarnings(terminal, answer);
    printDone(terminal, options, `Written: ${path}`);
  });
}

/** Whether a table of the answer would have no row: it holds warnings and nothing else. */
function isBareWarning(terminal: Terminal, options: WriteOptions, answer: Envelope): boolean {
  const asked = options.field !== undefined || chosenFormat(terminal, options) !== 'table';
  return !asked && Object.keys(answerData(answer)).length === 0;
}
