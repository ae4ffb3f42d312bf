import { Command } from 'commander';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printDone, printStructured } from '../output/print.ts';
import { table } from '../output/table.ts';
import { plainText } from '../output/values.ts';
import type { Terminal } from '../terminal.ts';

type Options = ConnectionOptions & OutputOptions;

interface EnableOptions extends Options {
  readonly path?: string;
  readonly description?: string;
  readonly defaultLeaseTtl?: string;
  readonly maxLeaseTtl?: string;
  readonly version?: string;
}

/** What differs between engines and auth methods. */
interface Mounted {
  /** `secrets`, as Vault's command line calls engines. */
  readonly verb: 'secrets' | 'auth';
  readonly base: 'sys/mounts' | 'sys/auth';
  readonly noun: string;
  readonly kinds: string;
}

const engines: Mounted = {
  verb: 'secrets',
  base: 'sys/mounts',
  noun: 'engine',
  kinds: 'kind of engine, such as kv, database or ssh',
};
const methods: Mounted = {
  verb: 'auth',
  base: 'sys/auth',
  noun: 'auth method',
  kinds: 'kind of auth method, such as kubernetes or oidc',
};

export const secretsCommand = (terminal: Terminal): Command => mountsCommand(terminal, engines);
export const authCommand = (terminal: Terminal): Command => mountsCommand(terminal, methods);

function mountsCommand(terminal: Terminal, what: Mounted): Command {
  return new Command(what.verb)
    .description(`Mounts ${what.noun}s: says which ${what.noun} answers under which path.`)
    .addCommand(listCommand(terminal, what))
    .addCommand(enableCommand(terminal, what))
    .addCommand(moveCommand(terminal, what))
    .addCommand(disableCommand(terminal, what));
}

function listCommand(terminal: Terminal, { base, noun }: Mounted): Command {
  const command = withFormat(withConnection(new Command('list').description(`Lists the ${noun}s that are mounted.`)));
  return command.action(async (options: Options) => {
    const answer = await (await clientFor(terminal, options)).read(base);
    const mounts = isJsonObject(answer?.data) ? answer.data : {};
    if (await printStructured(terminal, options, mounts)) return;
    const rows = Object.entries(mounts).flatMap(([path, mount]) => (isJsonObject(mount) ? [rowOf(path, mount)] : []));
    terminal.stdout.write(table(['Path', 'Type', 'Accessor', 'Description'], rows));
  });
}

const rowOf = (path: string, { type, accessor, description }: JsonObject): string[] => [
  path,
  ...[type, accessor, description].map((value) => plainText(value ?? '')),
];

function enableCommand(terminal: Terminal, { base, noun, kinds, verb }: Mounted): Command {
  const command = new Command('enable')
    .description(`Mounts an ${noun}.`)
    .argument('<type>', kinds)
    .option('--path <path>', 'where it answers (default: the type)')
    .option('--description <text>', 'what it is for')
    .option('--default-lease-ttl <duration>', 'how long what it gives lives where nothing else says so')
    .option('--max-lease-ttl <duration>', 'and at most');
  if (verb === 'secrets') command.option('--version <number>', 'of a kv engine: 1 or 2');
  withFormat(withConnection(command));
  return command.action(async (type: string, options: EnableOptions) => {
    const path = (options.path ?? type).replace(/\/+$/, '');
    const config = { default_lease_ttl: options.defaultLeaseTtl, max_lease_ttl: options.maxLeaseTtl };
    const body = {
      type,
      description: options.description,
      config: known(config),
      options: options.version === undefined ? undefined : { version: options.version },
    };
    await (await clientFor(terminal, options)).write(`${base}/${path}`, known(body));
    printDone(terminal, options, `Mounted: ${type} at ${verb === 'auth' ? 'auth/' : ''}${path}/`);
  });
}

const known = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;

function moveCommand(terminal: Terminal, { noun, verb }: Mounted): Command {
  const command = new Command('move')
    .description(
      `Lets an ${noun} answer under another path${verb === 'secrets' ? '; credentials that it issued are taken back at their targets' : ''}.`,
    )
    .argument('<from>', 'where it answers')
    .argument('<to>', 'where it is to answer');
  withFormat(withConnection(command));
  return command.action(async (from: string, to: string, options: Options) => {
    const [before, after] = [from, to].map((path) => `${verb === 'auth' ? 'auth/' : ''}${path.replace(/\/+$/, '')}`);
    await (await clientFor(terminal, options)).write('sys/remount', { from: before, to: after });
    printDone(terminal, options, `Moved: ${before}/ is ${after}/ now.`);
  });
}

function disableCommand(terminal: Terminal, { base, noun, verb }: Mounted): Command {
  const command = new Command('disable')
    .description(
      `Removes an ${noun} and everything in it${verb === 'secrets' ? '; credentials that it issued are taken back at their targets' : '; tokens that it gave live on'}.`,
    )
    .argument('<path>', 'where it answers');
  withFormat(withConnection(command));
  return command.action(async (path: string, options: Options) => {
    await (await clientFor(terminal, options)).delete(`${base}/${path.replace(/\/+$/, '')}`);
    printDone(terminal, options, `Nothing is mounted at ${verb === 'auth' ? 'auth/' : ''}${path.replace(/\/+$/, '')}/ any more.`);
  });
}
