import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject } from '../../foundation/exact-json.ts';
import { readBounded } from '../bounded-file.ts';
import { dataSources, utf8 } from '../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { listKeys, printDone, printKeys, printStructured } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import { policyAdvice } from '../policy-advice.ts';
import { formattedPolicy } from '../policy-format.ts';
import type { Terminal } from '../terminal.ts';

type Options = ConnectionOptions & OutputOptions;

const POLICIES = 'sys/policies/acl';

export function policyCommand(terminal: Terminal): Command {
  return new Command('policy')
    .description('Policies say what a token may do, path by path.')
    .addCommand(listCommand(terminal))
    .addCommand(readCommand(terminal))
    .addCommand(writeCommand(terminal))
    .addCommand(deleteCommand(terminal))
    .addCommand(formatCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  const command = withFormat(withConnection(new Command('list').description('Lists the policies.')));
  return command.action(async (options: Options) => {
    await printKeys(terminal, options, listKeys(await (await clientFor(terminal, options)).list(POLICIES)));
  });
}

function readCommand(terminal: Terminal): Command {
  const command = new Command('read').description('Prints a policy.').argument('<name>', 'name of the policy');
  withFormat(withConnection(command));
  return command.action(async (name: string, options: Options) => {
    const answer = await (await clientFor(terminal, options)).read(`${POLICIES}/${name}`);
    const text = isJsonObject(answer?.data) ? answer.data.policy : undefined;
    if (typeof text !== 'string') throw new WatchwordError('store.missing', 'There is no policy of this name.', { where: name });
    if (await printStructured(terminal, options, { name, policy: text })) return;
    terminal.stdout.write(`${terminal.stdout.isTerminal ? visible(text) : text}${text.endsWith('\n') ? '' : '\n'}`);
  });
}

function writeCommand(terminal: Terminal): Command {
  const command = new Command('write')
    .description('Writes a policy, in HCL or JSON, from a file or standard input.')
    .argument('<name>', 'name of the policy')
    .argument('<file>', 'file with the policy, or - for standard input');
  withFormat(withConnection(command));
  return command.action(async (name: string, file: string, options: Options) => {
    const bytes = file === '-' ? await dataSources(terminal).input() : await readBounded(file.replace(/^@/, ''));
    const policy = utf8(bytes, file);
    const client = await clientFor(terminal, options);
    await client.write(`${POLICIES}/${name}`, { policy });
    printDone(terminal, options, `Policy written: ${name}`);
    for (const advice of await policyAdvice(client, policy)) terminal.stderr.write(`Warning: ${visible(advice)}\n`);
  });
}

function deleteCommand(terminal: Terminal): Command {
  const command = new Command('delete')
    .description('Deletes a policy; tokens that carry its name lose what it granted at once.')
    .argument('<name>', 'name of the policy');
  withFormat(withConnection(command));
  return command.action(async (name: string, options: Options) => {
    await (await clientFor(terminal, options)).delete(`${POLICIES}/${name}`);
    printDone(terminal, options, `Policy deleted: ${name}`);
  });
}

function formatCommand(terminal: Terminal): Command {
  return new Command('fmt')
    .description(
      'Rewrites a policy file in the usual form: indented by two spaces, equal signs aligned. What it says stays the same.',
    )
    .argument('<file>', 'policy file in HCL; - reads standard input and prints the result')
    .action(async (file: string) => {
      const before = utf8(file === '-' ? await terminal.readInput() : await readBounded(file), file);
      const after = formattedPolicy(before);
      if (file === '-') terminal.stdout.write(after);
      else if (after !== before) await writeFile(file, after);
      if (file !== '-')
        terminal.stdout.write(after === before ? `Unchanged: ${visible(file)}\n` : `Formatted: ${visible(file)}\n`);
    });
}
