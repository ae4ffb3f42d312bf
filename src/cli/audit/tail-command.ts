import { Command } from 'commander';
import type { LogReader } from '../../transparency/index.ts';
import { wholeNumber } from '../options.ts';
import { table } from '../output/table.ts';
import { visibleJson } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import { eventColumns, eventRow, viewOf } from './event-view.ts';
import { type DirectoryOptions, openDirectory, withDirectory } from './log-directory.ts';

interface Options extends DirectoryOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const POLL_MS = 300;

export function tailCommand(terminal: Terminal): Command {
  const command = new Command('tail')
    .description('Prints the newest events.')
    .option('-n, --lines <number>', 'how many', wholeNumber(0), 20)
    .option('-f, --follow', 'go on as events are written, until Ctrl-C')
    .option('--json', 'print events as they stand in the log, one a line (the default where no person reads)');
  return withDirectory(command, terminal).action(async (options: Options) => {
    const reader = await openDirectory(options);
    const print = eventPrinter(terminal, options.json === true);
    const newest = await newestLines(reader, options.lines);
    print(newest.lines);
    for (let next = newest.next; options.follow === true; ) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const more: Buffer[] = [];
      for await (const line of reader.linesFrom(next)) more.push(line.bytes);
      next += more.length;
      print(more);
    }
  });
}

async function newestLines(reader: LogReader, count: number): Promise<{ lines: Buffer[]; next: number }> {
  const start = (await reader.segments()).at(-1)?.start ?? 0;
  const lines: Buffer[] = [];
  let next = start;
  for await (const line of reader.linesFrom(Math.max(0, start - count))) {
    lines.push(line.bytes);
    next = line.index + 1;
    if (lines.length >= 2 * count + 1024) lines.splice(0, lines.length - count);
  }
  return { lines: count === 0 ? [] : lines.slice(-count), next };
}

/** Prints events as they come: rows of one table for people, whole lines for programs. */
export function eventPrinter(terminal: Terminal, json: boolean): (lines: readonly Buffer[]) => void {
  const { stdout } = terminal;
  const shown = stdout.isTerminal ? visibleJson : (text: string) => text;
  if (json || !stdout.isTerminal)
    return (lines) => stdout.write(lines.map((line) => `${shown(line.toString('utf8'))}\n`).join(''));
  let headed = false;
  return (lines) => {
    const rows = lines.flatMap((line) => viewOf(line) ?? []).map(eventRow);
    if (rows.length === 0) return;
    const printed = table([...eventColumns], rows);
    // Later rows go below the first heading.
    stdout.write(headed ? printed.split('\n').slice(2).join('\n') : printed);
    headed = true;
  };
}
