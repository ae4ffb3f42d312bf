import { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import { eventFilter, type SearchOptions } from './event-filter.ts';
import { viewOf } from './event-view.ts';
import { type DirectoryOptions, openDirectory, withDirectory } from './log-directory.ts';
import { eventPrinter } from './tail-command.ts';

interface Options extends DirectoryOptions, SearchOptions {
  readonly json?: boolean;
}

const PAGE = 512;

export function searchCommand(terminal: Terminal): Command {
  const command = new Command('search')
    .description('Prints the events that fit every given condition. A text that ends with * fits by its beginning.')
    .option('--operation <name>', 'such as kv.read, kv.* or *.login')
    .option('--path <path>', 'policy path, such as secret/data/team/*')
    .option('--actor <name>', 'display name, id or session accessor')
    .addOption(
      new Option('--outcome <outcome>', 'how the request ended').choices([
        'success',
        'nothing',
        'denied',
        'failure',
        'pending',
        'unknown',
      ]),
    )
    .option('--since <time>', 'not before: 2026-01-31T12:00:00Z, or how long ago: 90m')
    .option('--until <time>', 'not after')
    .option('--request <id>', 'events of one request')
    .option('--json', 'print events as they stand in the log, one a line (the default where no person reads)');
  return withDirectory(command, terminal).action(async (options: Options) => {
    const fits = eventFilter(options, Date.now());
    const reader = await openDirectory(options);
    const print = eventPrinter(terminal, options.json === true);
    let page: Buffer[] = [];
    for await (const { bytes } of reader.linesFrom(0)) {
      const event = viewOf(bytes);
      if (event === undefined || !fits(event)) continue;
      page.push(bytes);
      if (page.length < PAGE) continue;
      print(page);
      page = [];
    }
    print(page);
  });
}
