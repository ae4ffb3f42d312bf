import { Command } from 'commander';
import type { Envelope, WatchwordClient } from '../../client/client.ts';
import { ServerRefusal } from '../../client/refusal.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { exitCodes } from '../failure.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printSection, printStructured } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

export function statusCommand(terminal: Terminal): Command {
  const command = new Command('status').description(
    'Shows whether the store is initialised and unsealed and, with a token, what should not stay as it is. Exit code: 0 unsealed, 2 sealed, 1 no answer.',
  );
  withFormat(withConnection(command));
  return command.action(async (options: ConnectionOptions & OutputOptions) => {
    const client = await clientFor(terminal, options);
    const seal = (await client.read('sys/seal-status')) ?? {};
    const details = seal.sealed === true ? undefined : await serverDetails(client);
    if (seal.sealed === true) terminal.setExitCode(exitCodes.sealed);
    if (await printStructured(terminal, options, { ...seal, ...(details === undefined ? {} : { server: details }) })) return;
    printSection(terminal, `Server at ${client.connection.address.origin}`, sealRows(seal, details ?? {}));
    printAdvice(terminal, seal, details);
  });
}

/** Undefined where the token is not good for it, or the server is not ours. */
async function serverDetails(client: WatchwordClient): Promise<JsonObject | undefined> {
  if (client.connection.token === undefined) return undefined;
  try {
    return await client.native('status');
  } catch (error) {
    if (error instanceof ServerRefusal && error.status >= 400 && error.status < 500) return undefined;
    throw error;
  }
}

function sealRows(seal: Envelope, details: JsonObject): JsonObject {
  const shamir = seal.type === 'shamir' ? { unseal_keys: `${seal.t} of ${seal.n}` } : {};
  const progress = seal.sealed === true && seal.type === 'shamir' ? { unseal_progress: `${seal.progress} of ${seal.t}` } : {};
  const { warnings: _warnings, sealed: _sealed, initialized: _initialized, version: _version, ...rest } = details;
  return {
    initialized: seal.initialized,
    sealed: seal.sealed,
    seal_type: seal.type,
    version: seal.version,
    ...shamir,
    ...progress,
    ...rest,
  };
}

function printAdvice({ stdout }: Terminal, seal: Envelope, details: JsonObject | undefined): void {
  if (seal.initialized === false) stdout.write('\nNext: initialise it with `watchword operator init`.\n');
  else if (seal.sealed === true) stdout.write('\nNext: unseal it with `watchword operator unseal`.\n');
  else if (details === undefined) stdout.write('\nWith a token (`watchword login`), more is shown here.\n');
  const warnings = Array.isArray(details?.warnings) ? details.warnings.filter(isJsonObject) : [];
  for (const { message, remedy } of warnings)
    stdout.write(`\nWarning: ${visible(String(message))}\n  ${visible(String(remedy))}\n`);
}
