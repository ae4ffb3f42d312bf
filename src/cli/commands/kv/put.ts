import { Command, Option } from 'commander';
import type { Envelope } from '../../../client/client.ts';
import { kvPatch, kvPut } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { dataSources, parseData } from '../../data-arguments.ts';
import { wholeNumber, withWrapping } from '../../options.ts';
import { withField } from '../../output/options.ts';
import { printAnswer, printDone } from '../../output/print.ts';
import type { Terminal } from '../../terminal.ts';
import { type KvOptions, type KvTarget, kvTarget, noteApiPath, withMount } from './location.ts';

interface PutOptions extends KvOptions {
  readonly cas?: number;
  readonly method?: 'patch' | 'rw';
}

const DATA = 'key=value, key=@file, key=- (standard input), @file.json or - (a JSON object)';

export function putCommand(terminal: Terminal): Command {
  const command = new Command('put')
    .description('Writes a secret; on versioned mounts a new version, which replaces all keys of the one before.')
    .argument('<path>', 'path of the secret, such as secret/team/db')
    .argument('[data...]', DATA)
    .option('--cas <number>', 'only if this is the current version; 0: only if there is none', wholeNumber(0));
  withField(withMount(withWrapping(command)));
  return command.action(async (path: string, words: readonly string[], options: PutOptions) => {
    const data = await parseData(words, dataSources(terminal));
    if (words.length === 0) throw new WatchwordError('client.usage', 'There is nothing to write; add key=value.');
    const target = await kvTarget(terminal, path, options);
    refuseCasWithoutVersions(target, options);
    await printWritten(terminal, options, target, await kvPut(target.client, target.location, data, options));
  });
}

export function patchCommand(terminal: Terminal): Command {
  const command = new Command('patch')
    .description('Changes some keys of a secret and keeps the others. With a JSON object, null removes a key.')
    .argument('<path>', 'path of the secret, such as secret/team/db')
    .argument('<data...>', DATA)
    .option('--cas <number>', 'only if this is the current version', wholeNumber(1))
    .addOption(
      new Option('--method <name>', 'patch on the server, or read and write back (rw); default: patch where possible').choices([
        'patch',
        'rw',
      ]),
    );
  withField(withMount(withWrapping(command)));
  return command.action(async (path: string, words: readonly string[], options: PutOptions) => {
    const data = await parseData(words, dataSources(terminal));
    const target = await kvTarget(terminal, path, options);
    refuseCasWithoutVersions(target, options);
    await printWritten(terminal, options, target, await kvPatch(target.client, target.location, data, options));
  });
}

function refuseCasWithoutVersions({ location }: KvTarget, { cas }: PutOptions): void {
  if (cas === undefined || location.version === 2) return;
  throw new WatchwordError('client.usage', 'This mount keeps no versions, so --cas cannot be honoured.', {
    where: location.mount,
  });
}

async function printWritten(terminal: Terminal, options: PutOptions, target: KvTarget, answer: Envelope | undefined) {
  noteApiPath(terminal, target);
  if (answer === undefined) printDone(terminal, options, `Written: ${target.name}`);
  else await printAnswer(terminal, options, answer);
}
