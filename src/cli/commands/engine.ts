import { Command } from 'commander';
import type { WatchwordClient } from '../../client/client.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printStructured } from '../output/print.ts';
import { table } from '../output/table.ts';
import { plainText } from '../output/values.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** What the one connection of a mount is called, by the kind of mount: the last part of the path that it is configured at. */
export const onlyConnection: Readonly<Record<string, string>> = {
  aws: 'root',
  'azure-sas': 'account',
  federate: 'connection',
  gcp: 'config',
  github: 'config',
  kafka: 'connection',
  kubernetes: 'config',
  mlflow: 'connection',
  nats: 'connection',
  oci: 'registry',
  openai: 'connection',
  openrouter: 'connection',
  rabbitmq: 'connection',
  ssh: 'ca',
};

export function engineCommand(terminal: Terminal): Command {
  return new Command('engine')
    .description('Engines make short-lived credentials at databases, brokers, clouds and hosts.')
    .addCommand(testCommand(terminal));
}

function testCommand(terminal: Terminal): Command {
  const command = new Command('test')
    .description(
      'Asks the target of a connection whether the configured account may do all that its roles need, and says what to do where it may not. Exit code: 0 all there, 3 something is missing, 1 it could not be reached.',
    )
    .argument(
      '<connection>',
      'mount and connection, such as database/features; the mount alone where it has only one, such as rabbitmq',
    );
  withFormat(withConnection(command));
  return command.action(async (name: string, options: ConnectionOptions & OutputOptions) => {
    const client = await clientFor(terminal, options);
    const answer = await client.read(await testPath(client, name));
    if (answer === undefined) throw new WatchwordError('store.missing', 'There is no such connection.', { where: name });
    const data = isJsonObject(answer.data) ? answer.data : {};
    const shortfalls = Array.isArray(data.shortfalls) ? data.shortfalls.filter(isJsonObject) : [];
    if (data.reached !== true) terminal.setExitCode(exitCodes.failed);
    else if (shortfalls.length > 0) terminal.setExitCode(exitCodes.found);
    if (await printStructured(terminal, options, data)) return;
    terminal.stdout.write(report(name, data, shortfalls));
  });
}

async function testPath(client: WatchwordClient, name: string): Promise<string> {
  const parts = name.replace(/^\/+|\/+$/g, '').split('/');
  if (parts.some((part) => /^\.{0,2}$/.test(part))) {
    throw new WatchwordError('client.usage', 'The connection is named with its mount, such as database/features.');
  }
  const word = parts.join('/');
  const mount = await mountOf(client, word);
  const only = mount === undefined ? undefined : onlyConnection[mount.type];
  if (mount !== undefined && only === undefined && mount.type !== 'database') {
    throw new WatchwordError(
      'client.usage',
      `${mount.path} is of the kind ${mount.type}, which makes no credentials: there is nothing to test. \`watchword secrets list\` shows what is mounted.`,
    );
  }
  if (mount !== undefined && `${word}/` === mount.path) {
    if (only !== undefined) return `${mount.path}test/${only}`;
    throw new WatchwordError(
      'client.usage',
      `Name the connection too, such as ${mount.path}features; \`watchword list ${mount.path}config\` lists them.`,
    );
  }
  const below = mount === undefined ? (parts.pop() ?? '') : word.slice(mount.path.length);
  return `${mount?.path ?? `${parts.join('/')}/`}test/${below}`;
}

/** Undefined where the server does not say; then the last part is taken for the connection. */
async function mountOf(client: WatchwordClient, path: string): Promise<{ path: string; type: string } | undefined> {
  try {
    const data = (await client.read(`sys/internal/ui/mounts/${path}`))?.data;
    const { path: mount, type } = isJsonObject(data) ? data : {};
    return typeof mount === 'string' && typeof type === 'string' && `${path}/`.startsWith(mount)
      ? { path: mount, type }
      : undefined;
  } catch (error) {
    if (!isWatchwordError(error, 'access.denied')) throw error;
    if (path.includes('/')) return undefined;
    const message =
      'Nothing is mounted there, or no policy of this token reaches it; `watchword secrets list` shows the mounts to whoever may see them.';
    throw new WatchwordError('access.denied', message, { where: path });
  }
}

function report(name: string, { failure }: JsonObject, shortfalls: readonly JsonObject[]): string {
  if (typeof failure === 'string') {
    return visible(
      `${name} could not be reached: ${failure}\nSee that it runs, and that its connection says where, as whom and with which password.\n`,
    );
  }
  if (shortfalls.length === 0) return visible(`${name} can be reached, and its account may do all that is needed.\n`);
  const rows = shortfalls.map(({ what, remedy }) => [plainText(what), plainText(remedy)]);
  return table(['Missing', 'What to do'], rows);
}
