import { Command, Help } from 'commander';
import { commandList } from './command-list.ts';
import { exampleLines } from './examples.ts';
import { normalizedArguments } from './flags.ts';
import type { Terminal } from './terminal.ts';

const EPILOGUE = `
The server is chosen by --address, else WATCHWORD_ADDR with WATCHWORD_TOKEN, else VAULT_ADDR with VAULT_TOKEN,
else http://127.0.0.1:8200. Addresses and tokens are taken as a pair and never mixed.
Exit codes: 0 done, 1 failed or refused, 2 wrong usage (or, from \`status\`, sealed); from \`scan\`: 3 found, 4 incomplete.`;

/**
 * The command tree, with only those commands loaded that `wanted` names; the others are there by name, for help.
 * Errors of usage are thrown as CommanderError.
 */
export async function createProgram(terminal: Terminal, wanted: (name: string) => boolean): Promise<Command> {
  const program = new Command(terminal.program)
    .description('Secrets and credential management for machine-learning workloads.')
    .usage('COMMAND [OPTIONS]')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', EPILOGUE);
  for (const { name, group, summary, load } of commandList) {
    const command = wanted(name) ? await load(terminal) : new Command(name);
    program.addCommand(command.summary(summary).helpGroup(group));
  }
  everyCommand(program, (command) => {
    quiet(command, terminal);
    explain(command, terminal);
  });
  return program;
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) everyCommand(child, visit);
}

function quiet(command: Command, { stdout, stderr }: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => Math.min(stdout.columns, 110),
    getErrHelpWidth: () => Math.min(stderr.columns, 110),
    // Failures are printed in one place, see failure.ts.
    outputError: () => {},
  });
}

/** A command's own options first, then those that it shares with others; examples at the end. */
function explain(command: Command, { program }: Terminal): void {
  const standard = new Help();
  command.configureHelp({
    groupItems: (all, shown, groupOf) => {
      const groups = [...standard.groupItems(all, shown, groupOf)];
      const isOwn = ([name]: (typeof groups)[number]) => name === 'Options:';
      return new Map([...groups.filter(isOwn), ...groups.filter((group) => !isOwn(group))]);
    },
  });
  const lines = exampleLines(command, program);
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

/** Runs one command line, without the program's name. @throws CommanderError and whatever the command throws */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<void> {
  const line = effectiveLine(words);
  const first = line.find((word) => !word.startsWith('-') && word !== 'help');
  const program = await createProgram(terminal, (name) => name === first);
  await program.parseAsync(normalizedArguments(line, program), { from: 'user' });
}

function effectiveLine(words: readonly string[]): readonly string[] {
  const [first = '--help', ...rest] = words;
  if (/^--?version$/.test(first)) return ['version', ...rest];
  // Commander's own `help` knows one level only.
  return first === 'help' && rest.length > 0 ? [...rest, '--help'] : [first, ...rest];
}
