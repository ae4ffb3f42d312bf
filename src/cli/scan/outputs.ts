import { closeSync, lstatSync, openSync, statSync, writeSync } from 'node:fs';
import { WatchwordError } from '../../foundation/errors.ts';
import * as formats from '../../scanning/reports/index.ts';
import type { Report, ReportContext, ReportFormat } from '../../scanning/reports/report.ts';
import type { Terminal } from '../terminal.ts';
import { keyOption, type ScanningOptions } from './settings.ts';

const known: readonly ReportFormat[] = Object.values(formats);

/** Words that `--format` takes. */
const reportKinds: readonly string[] = known.map(({ kind }) => kind);

/** @throws WatchwordError `client.usage` for a format that there is not */
function formatOf(kind: string): ReportFormat {
  const format = known.find((one) => one.kind === kind);
  if (format === undefined) throw new WatchwordError('client.usage', `A report is one of ${reportKinds.join(', ')}.`);
  return format;
}

export interface OutputChoice extends ScanningOptions {
  /** Of standard output. */
  readonly format?: string;
  /** `sarif:scan.sarif`, or a name that ends in the format. */
  readonly output?: readonly string[];
  readonly quiet?: boolean;
}

/** All reports of a run, written to as one. */
export function openReports(choice: OutputChoice, terminal: Terminal, version: string): Report {
  const { program, stdout, env } = terminal;
  const key = keyOption(choice);
  const context: ReportContext = { program, version, colour: false, ...(key === undefined ? {} : { keyOption: key }) };
  const onScreen = stdout.isTerminal ? { ...context, colour: (env['NO_COLOR'] ?? '') === '', columns: stdout.columns } : context;
  const toFile = (choice.output ?? []).map((text) => fileReport(text, context));
  // Somebody who asked for a file alone does not want it on the screen as well.
  const kind = choice.format ?? (toFile.length > 0 && choice.quiet === true ? undefined : 'terminal');
  const own = kind === undefined ? [] : [formatOf(kind).open((text) => stdout.write(text), onScreen)];
  return {
    add(result) {
      for (const report of [...own, ...toFile]) report.add(result);
    },
    end(summary) {
      for (const report of [...toFile, ...own]) report.end(summary);
    },
  };
}

function fileReport(text: string, context: ReportContext): Report {
  const [, kind, named] = /^([a-z][a-z0-9-]*):(.+)$/s.exec(text) ?? [];
  const path = kind !== undefined && reportKinds.includes(kind) && named !== undefined ? named : text;
  const format = formatOf(path === text ? kindByName(path) : (kind ?? ''));
  refuseLink(path);
  const file = openSync(path, 'w', 0o644);
  const report = format.open((piece) => {
    const bytes = Buffer.from(piece);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  }, context);
  return {
    add: (result) => report.add(result),
    end(summary) {
      report.end(summary);
      closeSync(file);
    },
  };
}

/**
 * What is scanned may have a link of the report's name, to a file that it would overwrite. A link to a pipe or a terminal, such as
 * `/dev/stdout`, is none. @throws WatchwordError `client.usage`
 */
function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  const target = statSync(path, { throwIfNoEntry: false });
  if (target !== undefined && !target.isFile() && !target.isDirectory()) return;
  throw new WatchwordError('client.usage', 'This is a link; name the file itself.', { where: path });
}

/** `.md` and `.txt` beside the formats' own names. */
function kindByName(path: string): string {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return { md: 'markdown', txt: 'terminal', ndjson: 'jsonl' }[ending] ?? ending;
}
