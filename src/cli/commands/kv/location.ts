import type { Command } from 'commander';
import type { WatchwordClient } from '../../../client/client.ts';
import { type KvLocation, locateKv } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import type { OutputOptions } from '../../output/options.ts';
import type { Terminal } from '../../terminal.ts';

export interface KvOptions extends ConnectionOptions, OutputOptions {
  readonly mount?: string;
}

export function withMount(command: Command): Command {
  return withConnection(command.option('--mount <path>', 'mount of the secret; the path is then below it'));
}

export interface KvTarget {
  readonly client: WatchwordClient;
  readonly location: KvLocation;
  /** As a person would write it. */
  readonly name: string;
}

export async function kvTarget(terminal: Terminal, path: string, options: KvOptions): Promise<KvTarget> {
  const client = await clientFor(terminal, options);
  const location = await locateKv(client, path, options.mount);
  return { client, location, name: `${location.mount}${location.path}` };
}

/** For what only versioned mounts have. */
export async function versionedTarget(terminal: Terminal, path: string, options: KvOptions): Promise<KvTarget> {
  const target = await kvTarget(terminal, path, options);
  if (target.location.version === 2) return target;
  throw new WatchwordError('client.usage', 'This mount keeps no versions and no metadata (KV version 1).', {
    where: target.location.mount,
  });
}
