import { Command } from 'commander';
import type { Envelope, WatchwordClient } from '../../../client/client.ts';
import { type KvLocation, kvData, kvPath } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { withProgram } from '../../called-as.ts';
import { exitCodes } from '../../exit-codes.ts';
import { wholeNumber, withWrapping } from '../../options.ts';
import { withField } from '../../output/options.ts';
import { printAnswer, printField, printSection, printStructured, printWarnings } from '../../output/print.ts';
import { exactText } from '../../output/values.ts';
import { visible } from '../../output/visible.ts';
import type { Terminal } from '../../terminal.ts';
import { type KvOptions, type KvTarget, kvTarget, noteApiPath, withMount } from './location.ts';

interface GetOptions extends KvOptions {
  readonly version?: number;
}

export function getCommand(terminal: Terminal): Command {
  const command = new Command('get')
    .description(
      'Prints a secret, and on versioned mounts which version it is. Finding the mount takes one use of a token with a use limit: `read secret/data/team/db`, with the path of the API, takes no more than the one for reading.',
    )
    .argument('<path>', 'path of the secret, such as secret/team/db')
    .option('--version <number>', 'an earlier version', wholeNumber(1));
  withField(withMount(withWrapping(command)));
  return command.action(async (path: string, options: GetOptions) => {
    const target = await kvTarget(terminal, path, options);
    const answer = await readSecret(target, options).catch((error: unknown) => {
      noteApiPath(terminal, target);
      throw error;
    });
    if (isJsonObject(answer.wrap_info)) return printAnswer(terminal, options, answer);
    await printSecret(terminal, options, { location: target.location, name: target.name, answer });
  });
}

async function readSecret({ client, location, name }: KvTarget, { version, wrapTtl }: GetOptions): Promise<Envelope> {
  const answer = await client.read(kvPath(location, 'data'), { query: { version: version?.toString() }, wrapTtl });
  if (answer !== undefined) return answer;
  const message = version === undefined ? 'There is no such secret.' : await missingVersion(client, location, version);
  throw new WatchwordError('store.missing', message, { where: name });
}

async function missingVersion(client: WatchwordClient, location: KvLocation, version: number): Promise<string> {
  const newest = await newestVersion(client, location);
  if (newest === undefined) return `There is no version ${version}, or no such secret at all.`;
  return `There is no version ${version}; the newest is ${newest}.`;
}

/** Undefined where the metadata is not there, or not for this token. */
async function newestVersion(client: WatchwordClient, location: KvLocation): Promise<number | undefined> {
  const answer = await client.read(kvPath(location, 'metadata')).catch(() => undefined);
  const newest = isJsonObject(answer?.data) ? answer.data.current_version : undefined;
  return typeof newest === 'number' ? newest : undefined;
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
  const gone = goneVersion(name, isJsonObject(metadata) ? metadata : {});
  terminal.stderr.write(`Error: ${visible(withProgram(gone, terminal.program))}\n`);
  terminal.setExitCode(exitCodes.failed);
}

function goneVersion(name: string, { version, destroyed }: JsonObject): string {
  if (destroyed === true) return `Version ${version} was destroyed; it cannot be brought back.`;
  return `Version ${version} is deleted; \`watchword kv undelete --versions ${version} ${name}\` brings it back.`;
}
