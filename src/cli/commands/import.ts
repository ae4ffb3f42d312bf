import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { locateKv } from '../../client/kv.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { readBounded } from '../bounded-file.ts';
import { withProgram } from '../called-as.ts';
import { utf8 } from '../data-arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { applySecret, type ImportedSecret, type ImportTarget } from '../import/apply.ts';
import { parseJsonSource, parseYamlSource } from '../import/documents.ts';
import { parseDotenv } from '../import/dotenv.ts';
import { type Placement, type PlannedSecret, planSecrets, refuseCollisions } from '../import/plan.ts';
import { type FileRemark, printedReport, structuredReport, succeeded } from '../import/report.ts';
import { type ParsedSource, type SourceType, sourceType, sourceTypes } from '../import/source.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printStructured } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

interface ImportOptions extends ConnectionOptions, OutputOptions, Placement {
  readonly mount: string;
  readonly owner?: string;
  readonly type?: SourceType;
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
}

export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description(
      'Brings .env, JSON and YAML files into the store: one secret for each file, under imported/<name of its folder>. No value is printed, and a second run changes nothing. Exit code 1 when something was left out.',
    )
    .argument('<files...>', 'files to import')
    .option('--dry-run', 'say what would happen, and write nothing')
    .option('--owner <name>', 'note who answers for these secrets (custom metadata "owner")')
    .option('--mount <path>', 'mount to import into', 'secret')
    .addOption(new Option('--path <path>', 'exactly where to put it; for one file').conflicts('prefix'))
    .option('--prefix <path>', 'put everything below this path instead of imported/<folder>')
    .option('--split', 'one secret for each top-level key instead of one for each file')
    .addOption(new Option('--type <name>', 'what the files are (default: by their names)').choices(sourceTypes))
    .option('--overwrite', 'replace values also on mounts that keep no earlier versions');
  withFormat(withConnection(command));
  return command.action(async (files: readonly string[], options: ImportOptions) => {
    if (options.path !== undefined && files.length > 1) {
      throw new WatchwordError('client.usage', '--path is for one file; use --prefix for several.');
    }
    const { plans, notes, problems } = await readSources(files, options);
    const secrets = plans.length === 0 ? [] : await applyAll(plans, await importTarget(terminal, options));
    const report = { dryRun: options.dryRun === true, secrets, notes, problems };
    if (!succeeded(report)) terminal.setExitCode(exitCodes.failed);
    if (await printStructured(terminal, options, structuredReport(report))) return;
    terminal.stdout.write(withProgram(printedReport(report), terminal.program));
  });
}

interface Sources {
  readonly plans: readonly PlannedSecret[];
  readonly notes: readonly FileRemark[];
  readonly problems: readonly FileRemark[];
}

/** Everything is read and planned before anything is written. */
async function readSources(files: readonly string[], options: ImportOptions): Promise<Sources> {
  const plans: PlannedSecret[] = [];
  const notes: FileRemark[] = [];
  const problems: FileRemark[] = [];
  for (const file of files) {
    const source = await readSource(file, options.type);
    plans.push(...planSecrets(file, source.data, options));
    notes.push(...source.notes.map((remark) => ({ file, ...remark })));
    problems.push(...source.problems.map((remark) => ({ file, ...remark })));
    if (Object.keys(source.data).length === 0) problems.push({ file, line: 1, text: 'there is nothing to import in this file' });
  }
  refuseCollisions(plans);
  return { plans, notes, problems };
}

async function readSource(file: string, given: SourceType | undefined): Promise<ParsedSource> {
  if ((await stat(file)).isDirectory()) throw new WatchwordError('client.usage', `${file} is a folder; name the files in it.`);
  const type = given ?? sourceType(file.split(/[\\/]/).at(-1) ?? file);
  if (type === undefined) {
    throw new WatchwordError('client.usage', `${file}: its name does not tell what it is; add --type env, json or yaml.`);
  }
  const text = utf8(await readBounded(file), file);
  if (type === 'env') return parseDotenv(text);
  return type === 'json' ? parseJsonSource(text, file) : parseYamlSource(text, file);
}

async function importTarget(terminal: Terminal, options: ImportOptions): Promise<ImportTarget> {
  const client = await clientFor(terminal, options);
  const mount = await locateKv(client, '', options.mount);
  if (options.owner !== undefined && mount.version === 1) {
    throw new WatchwordError('client.usage', 'This mount keeps no metadata, so no owner can be noted.', { where: mount.mount });
  }
  return { client, mount, owner: options.owner, dryRun: options.dryRun === true, overwrite: options.overwrite === true };
}

async function applyAll(plans: readonly PlannedSecret[], target: ImportTarget): Promise<ImportedSecret[]> {
  const secrets: ImportedSecret[] = [];
  for (const plan of plans) secrets.push(await applySecret(target, plan));
  return secrets;
}
