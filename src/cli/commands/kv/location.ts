import type { Command } from 'commander';
import type { WatchwordClient } from '../../../client/client.ts';
import { type KvLocation, locateKv } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import type { OutputOptions } from '../../output/options.ts';
import { visible } from '../../output/visible.ts';
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

const VIEW = /^(data|metadata)\/(?=.)/;

/** For what went wrong, or was written, below `data/`: that is a path of the API, where `kv` takes the secret's own. */
export function noteApiPath({ stderr }: Terminal, { location: { mount, path, version } }: KvTarget): void {
  const view = version === 2 ? VIEW.exec(path)?.[0] : undefined;
  if (view === undefined) return;
  const meant = `${mount}${path.slice(view.length)}`;
  stderr.write(`Note: \`kv\` adds ${view} itself; leave it out if you mean ${visible(meant)}.\n`);
}

/** For what only versioned mounts have. */
export async function versionedTarget(terminal: Terminal, path: string, options: KvOptions): Promise<KvTarget> {
  const target = await kvTarget(terminal, path, options);
  if (target.location.version === 2) return target;
  throw new WatchwordError('client.usage', 'This mount keeps no versions and no metadata (KV version 1).', {
    where: target.location.mount,
  });
}
