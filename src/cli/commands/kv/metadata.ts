import { Command } from 'commander';
import { kvPath } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { repeated, wholeNumber } from '../../options.ts';
import { withField, withFormat } from '../../output/options.ts';
import { printDone, printField, printSection, printStructured } from '../../output/print.ts';
import { table } from '../../output/table.ts';
import { readableText } from '../../output/values.ts';
import { queryOf } from '../../query.ts';
import type { Terminal } from '../../terminal.ts';
import { listCommand } from './list.ts';
import { type KvOptions, versionedTarget, withMount } from './location.ts';

interface MetadataOptions extends KvOptions {
  readonly customMetadata?: readonly string[];
  readonly removeCustomMetadata?: readonly string[];
  readonly maxVersions?: number;
  readonly casRequired?: boolean;
  readonly deleteVersionAfter?: string;
}

export function metadataCommand(terminal: Terminal): Command {
  return new Command('metadata')
    .description('What is known of a secret besides its values: versions, limits, and your own notes such as its owner.')
    .addCommand(getCommand(terminal))
    .addCommand(changeCommand(terminal, 'put', 'Sets the metadata of a secret; your own notes are replaced as a whole.'))
    .addCommand(changeCommand(terminal, 'patch', 'Changes what is named and keeps the rest.'))
    .addCommand(listCommand(terminal))
    .addCommand(deleteCommand(terminal));
}

function getCommand(terminal: Terminal): Command {
  const command = new Command('get')
    .description('Prints the metadata of a secret and the list of its versions.')
    .argument('<path>', 'path of the secret');
  withField(withMount(command));
  return command.action(async (path: string, options: MetadataOptions) => {
    const { client, location, name } = await versionedTarget(terminal, path, options);
    const answer = await client.read(kvPath(location, 'metadata'));
    if (!isJsonObject(answer?.data)) throw new WatchwordError('store.missing', 'There is no such secret.', { where: name });
    if (options.field !== undefined) return printField(terminal, answer.data, options.field);
    if (await printStructured(terminal, options, answer)) return;
    const { versions, ...metadata } = answer.data;
    printSection(terminal, `Metadata of ${name}`, metadata);
    if (isJsonObject(versions)) terminal.stdout.write(`\n${versionTable(versions)}`);
  });
}

function versionTable(versions: JsonObject): string {
  const rows = Object.entries(versions)
    .filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]))
    .sort(([a], [b]) => Number(b) - Number(a))
    .map(([number, { created_time, deletion_time, destroyed }]) => [
      number,
      readableText(created_time),
      destroyed === true ? 'destroyed' : readableText(deletion_time),
    ]);
  return table(['Version', 'Created', 'Deleted'], rows);
}

function changeCommand(terminal: Terminal, verb: 'put' | 'patch', description: string): Command {
  const command = new Command(verb)
    .description(description)
    .argument('<path>', 'path of the secret')
    .option('--custom-metadata <key=value>', 'a note of your own, such as owner=team-vision; may be repeated', repeated)
    .option('--max-versions <number>', 'how many versions to keep; 0: as the mount says', wholeNumber(0))
    .option('--cas-required', 'every write must name the version it stands on')
    .option('--no-cas-required', 'writes need not do so')
    .option('--delete-version-after <duration>', 'delete each version after this long; 0s: as the mount says');
  if (verb === 'patch') command.option('--remove-custom-metadata <key>', 'drop this note; may be repeated', repeated);
  withFormat(withMount(command));
  return command.action(async (path: string, options: MetadataOptions) => {
    const body = metadataBody(options, verb);
    const { client, location, name } = await versionedTarget(terminal, path, options);
    const target = kvPath(location, 'metadata');
    if (verb === 'patch') await client.patch(target, body);
    else await client.write(target, body);
    printDone(terminal, options, `Metadata written: ${name}`);
  });
}

function metadataBody(options: MetadataOptions, verb: 'put' | 'patch'): JsonObject {
  const { maxVersions, casRequired, deleteVersionAfter } = options;
  const removed = (options.removeCustomMetadata ?? []).map((key) => [key, null]);
  const notes = { ...queryOf(options.customMetadata ?? []), ...Object.fromEntries(removed) };
  const body = {
    ...(Object.keys(notes).length === 0 ? {} : { custom_metadata: notes }),
    ...(maxVersions === undefined ? {} : { max_versions: maxVersions }),
    ...(casRequired === undefined ? {} : { cas_required: casRequired }),
    ...(deleteVersionAfter === undefined ? {} : { delete_version_after: deleteVersionAfter }),
  };
  if (verb === 'patch' && Object.keys(body).length === 0) throw new WatchwordError('client.usage', 'There is nothing to change.');
  return body;
}

function deleteCommand(terminal: Terminal): Command {
  const command = new Command('delete')
    .description('Removes a secret with all its versions and its metadata, for good.')
    .argument('<path>', 'path of the secret');
  withFormat(withMount(command));
  return command.action(async (path: string, options: MetadataOptions) => {
    const { client, location, name } = await versionedTarget(terminal, path, options);
    await client.delete(kvPath(location, 'metadata'));
    printDone(terminal, options, `Removed with all versions: ${name}`);
  });
}
