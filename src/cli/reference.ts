import { type Argument, Command, type Option } from 'commander';
import { commandList } from './command-list.ts';
import { exampleLines } from './examples.ts';
import { withConnection } from './options.ts';
import { withField } from './output/options.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

const silent = { write() {}, isTerminal: false, columns: 100 };

/** Nothing is read or printed while the tree is made. */
const nowhere: Terminal = {
  program: 'watchword',
  env: {},
  home: '/',
  stdout: silent,
  stderr: silent,
  interactive: false,
  readInput: async () => Buffer.alloc(0),
  askSecret: () => Promise.reject(new Error('nobody to ask')),
  setExitCode() {},
};

const INTRODUCTION = `# Command line

Made from the commands themselves; \`watchword help COMMAND\` shows the same.

Options may be written with one dash, as Vault's (\`-field=password\`). Values can be given as \`key=value\`, as \`key=@file\` and
\`key=-\` (content of a file, or standard input, to the last byte), or all at once as a JSON object with \`@file.json\` or \`-\`. A value
that really begins with \`@\` is written \`key=\\@…\`. Prefer files and standard input for secrets: other processes can see a command line.
Of a file or of standard input at most 32 MiB are read.

How to have \`watchword\` on your PATH: [Install the command](../how-to/install-the-command.md). In a clone it is \`bin/watchword\`.

## Server and token

\`WATCHWORD_ADDR\` and \`WATCHWORD_TOKEN\`, else \`VAULT_ADDR\` and \`VAULT_TOKEN\`: as soon as one of the first pair is set, no \`VAULT_\`
variable counts. Without a token there, the one that \`watchword login\` kept for exactly this server is used
(\`~/.config/watchword/tokens.json\`, mode 0600). \`--address\` and \`--token-file\` go first; a token from the environment is not sent to
another server than the one whose address stands beside it. \`_NAMESPACE\`, \`_CACERT\` and \`_FORMAT\` work likewise.

## Output

A table by default; \`--format json\` or \`--json\`, \`--format yaml\`. JSON is the answer of the server as a whole, as Vault's command line
prints it. \`--field NAME\` prints one bare value, with a line end only on a terminal. Messages, warnings and errors go to standard error.
In tables, and for a field on a terminal, control characters are made visible. Bold headings appear only on a terminal, and not with \`NO_COLOR\`.

## Exit codes

0: done. 1: failed or refused. 2: wrong usage; \`status\`: sealed; \`operator init --status\`: not initialised. \`scan\` and \`hook run\`: 3 something was found, 4 not everything could be scanned. 130: interrupted by Ctrl-C (the server stops cleanly then, with 0).
`;

/** `docs/reference/cli.md`, from the commands themselves. */
export async function cliReference(): Promise<string> {
  const program = await createProgram(nowhere, () => true);
  const order = new Map(commandList.map(({ name }, index) => [name, index]));
  const commands = [...program.commands].sort((a, b) => (order.get(a.name()) ?? 0) - (order.get(b.name()) ?? 0));
  return `${[INTRODUCTION, sharedOptions(), ...commands.flatMap((command) => sections(command, 'watchword', 2))].join('\n')}`;
}

/** The groups of options that many commands take, each described once. */
const SHARED: Readonly<Record<string, string>> = { 'Connection:': 'Connection options', 'Output:': 'Output options' };

function sharedOptions(): string {
  const { options } = withField(withConnection(new Command()));
  return Object.entries(SHARED)
    .map(([group, name]) => `## ${name}\n${table('Option', options.filter(inGroup(group)).map(optionRow))}`)
    .join('\n');
}

const inGroup =
  (group: string) =>
  ({ helpGroupHeading }: Option) =>
    helpGroupHeading === group;

function sections(command: Command, parent: string, level: number): string[] {
  const name = `${parent} ${command.name()}`;
  const heading = `${'#'.repeat(level)} ${name}\n\n${command.description()}\n`;
  if (command.commands.length > 0) {
    return [heading, ...command.commands.flatMap((child) => sections(child, name, Math.min(level + 1, 4)))];
  }
  const usage = [name, ...command.registeredArguments.map(argumentUsage), '[options]'].join(' ');
  return [`${heading}\n${shell([usage])}${exampleBlock(command)}${argumentTable(command)}${optionTable(command)}`];
}

const shell = (lines: readonly string[]) => `\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`;

function exampleBlock(command: Command): string {
  const lines = exampleLines(command, nowhere.program);
  return lines.length === 0 ? '' : `\nFor example:\n\n${shell(lines)}`;
}

function argumentUsage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentTable({ registeredArguments }: Command): string {
  return table(
    'Argument',
    registeredArguments.map((argument) => [argumentUsage(argument), argument.description]),
  );
}

function optionTable({ options }: Command): string {
  const own = options.filter(({ helpGroupHeading }) => SHARED[helpGroupHeading ?? ''] === undefined);
  const shared = Object.entries(SHARED).flatMap(([group, name]) => sharedNames(options.filter(inGroup(group)), name));
  return table('Option', own.map(optionRow)) + (shared.length === 0 ? '' : `\nAlso: ${shared.join('; ')}.\n`);
}

function sharedNames(options: readonly Option[], name: string): string[] {
  const anchor = name.toLowerCase().replace(' ', '-');
  const flags = options.map(({ long }) => `\`${long}\``).join(', ');
  return options.length === 0 ? [] : [`[${name.toLowerCase()}](#${anchor}) ${flags}`];
}

const optionRow = (option: Option): [string, string] => [option.flags, optionText(option)];

function table(heading: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return '';
  return `\n| ${heading} | |\n| --- | --- |\n${rows.map(([name, text]) => `| \`${name}\` | ${text.replaceAll('|', '\\|')} |\n`).join('')}`;
}

function optionText({ description, argChoices, defaultValue, envVar, negate }: Option): string {
  const extra = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(defaultValue === undefined || typeof defaultValue === 'boolean' || negate ? [] : [`default: ${defaultValue}`]),
    ...(envVar === undefined ? [] : [`environment: ${envVar}`]),
  ];
  return extra.length === 0 ? description : `${description} (${extra.join('; ')})`;
}
