import { Command, Option } from 'commander';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { withProgram } from '../../called-as.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import { type OutputOptions, withFormat } from '../../output/options.ts';
import { printDone, printStructured } from '../../output/print.ts';
import { plainText } from '../../output/values.ts';
import { visible } from '../../output/visible.ts';
import type { Terminal } from '../../terminal.ts';

interface HoldOptions extends ConnectionOptions, OutputOptions {
  readonly begin?: boolean;
  readonly release?: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  restored: 'a target knows of leases that the store does not, as after a restore from a backup',
  asked: 'somebody asked for it',
};

export function holdCommand(terminal: Terminal): Command {
  const command = new Command('hold')
    .description('Shows whether taking back is held, and why; begins and ends it. While it is held, no credential is taken back.')
    .option('--begin', 'take nothing back from now on')
    .addOption(new Option('--release', 'take back again what has ended').conflicts('begin'));
  withFormat(withConnection(command));
  return command.action(async (options: HoldOptions) => {
    const client = await clientFor(terminal, options);
    if (options.begin === true) {
      await client.write('sys/leases/hold', {});
      return printDone(terminal, options, 'Nothing is taken back from now on.');
    }
    if (options.release === true) {
      await client.delete('sys/leases/hold');
      return printDone(terminal, options, 'What has ended is taken back again.');
    }
    const answer = (await client.read('sys/leases/hold')) ?? {};
    const hold = isJsonObject(answer.data) ? answer.data : {};
    if (await printStructured(terminal, options, hold)) return;
    terminal.stdout.write(withProgram(visible(report(hold)), terminal.program));
  });
}

function report({ held, since, reason, target }: JsonObject): string {
  if (held !== true) return 'Taking back is not held.\n';
  const why = reasons[plainText(reason)] ?? plainText(reason);
  return [
    `Nothing has been taken back since ${plainText(since)}: ${why}.`,
    ...(typeof target === 'string' ? [`Target: ${target}`] : []),
    'Look at `watchword lease list --all`; then `watchword lease hold --release` takes back what has ended.',
    '',
  ].join('\n');
}
