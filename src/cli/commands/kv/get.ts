import { Command } from 'commander';
import type { Envelope } from '../../../client/client.ts';
import { type KvLocation, kvData, kvPath } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { exitCodes } from '../../failure.ts';
import { wholeNumber, withWrapping } from '../../options.ts';
import { withField } from '../../output/options.ts';
import { printAnswer, printField, printSection, printStructured, printWarnings } from '../../output/print.ts';
import { exactText } from '../../output/values.ts';
import { visible } from '../../output/visible.ts';
import type { Terminal } from '../../terminal.ts';
import { type KvOptions, kvTarget, withMount } from './location.ts';

interface GetOptions extends KvOptions {
  readonly version?: number;
}

export function getCommand(terminal: Terminal): Command {
  const command = new Command('get')
    .description('Prints a secret, and on versioned mounts which version it is.')
    .argument('<path>', 'path of the secret, such as secret/team/db')
    .option('--version <number>', 'an earlier version', wholeNumber(1));
  withField(withMount(withWrapping(command)));
  return command.action(async (path: string, options: GetOptions) => {
    const { client, location, name } = await kvTarget(terminal, path, options);
    const answer = await client.read(kvPath(location, 'data'), {
      query: { version: options.version?.toString() },
      wrapTtl: options.wrapTtl,
    });
    if (answer === undefined) throw new WatchwordError('store.missing', 'There is no such secret.', { where: name });
    if (isJsonObject(answer.wrap_info)) return printAnswer(terminal, options, answer);
    await printSecret(terminal, options, { location, name, answer });
  });
}

interface FoundSecret {
  readonly location: KvLocation;
  readonly name: string;
  readonly answer: Envelope;
}

async function printSecret(terminal: Terminal, options: GetOptions, { location, name, answer }: FoundSecret): Promise<void> {
  printWarnings(terminal, answer);
  const data = kvData(location, answer);
  const metadata = location.version === 2 && isJsonObject(answer.data) ? answer.data.metadata : undefined;
  if (data !== undefined && options.field !== undefined) return printField(terminal, data, options.field);
  if (!(await printStructured(terminal, options, answer))) {
    if (isJsonObject(metadata)) printSection(terminal, `Metadata of ${name}`, metadata);
    if (isJsonObject(metadata) && data !== undefined) terminal.stdout.write('\n');
    if (data !== undefined) printSection(terminal, `Data of ${name}`, data, exactText);
  }
  if (data !== undefined) return;
  terminal.stderr.write(`Error: ${visible(goneVersion(name, isJsonObject(metadata) ? metadata : {}))}\n`);
  terminal.setExitCode(exitCodes.failed);
}

function goneVersion(name: string, { version, destroyed }: JsonObject): string {
  if (destroyed === true) return `Version ${version} was destroyed; it cannot be brought back.`;
  return `Version ${version} is deleted; \`watchword kv undelete --versions ${version} ${name}\` brings it back.`;
}
