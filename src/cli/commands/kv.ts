import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { deleteCommand, destroyCommand, undeleteCommand } from './kv/deletion.ts';
import { getCommand } from './kv/get.ts';
import { listCommand } from './kv/list.ts';
import { metadataCommand } from './kv/metadata.ts';
import { patchCommand, putCommand } from './kv/put.ts';

export function kvCommand(terminal: Terminal): Command {
  const commands = [getCommand, putCommand, patchCommand, listCommand, deleteCommand, undeleteCommand, destroyCommand];
  const kv = new Command('kv').description(
    'Works with secrets of key-value mounts, versioned or not: the mount is found by asking the server, and paths are written without data/ or metadata/.',
  );
  for (const create of [...commands, metadataCommand]) kv.addCommand(create(terminal));
  return kv;
}
