import { Command } from 'commander';
import type { Envelope, WatchwordClient } from '../../client/client.ts';
import { ServerRefusal } from '../../client/refusal.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { withProgram } from '../called-as.ts';
import { exitCodes } from '../exit-codes.ts';
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
    const { server, reason } = seal.sealed === true ? {} : await serverDetails(client);
    if (seal.sealed === true) terminal.setExitCode(exitCodes.sealed);
    if (await printStructured(terminal, options, { ...seal, ...(server === undefined ? {} : { server }) })) return;
    printSection(terminal, `Server at ${client.connection.address.origin}`, sealRows(seal, server ?? {}));
    printAdvice(terminal, seal, { server, reason });
  });
}

/** What the server tells to whoever has a token. `reason` says why it told nothing. */
interface Details {
  readonly server?: JsonObject | undefined;
  readonly reason?: string | undefined;
}

async function serverDetails(client: WatchwordClient): Promise<Details> {
  if (client.connection.token === undefined) return { reason: 'With a token (`watchword login`), more is shown here.' };
  try {
    return { server: await client.native('status') };
  } catch (error) {
    if (!(error instanceof ServerRefusal) || error.status >= 500) throw error;
    if (error.status === 404) return { reason: 'This server tells no more: it is not Watchword.' };
    return { reason: `More is not shown with this token: ${error.message} ${error.remedy}` };
  }
}

function sealRows(seal: Envelope, details: JsonObject): JsonObject {
  const shamir = seal.type === 'shamir' && seal.initialized === true ? { unseal_keys: `${seal.t} of ${seal.n}` } : {};
  const progress = seal.sealed === true && 'unseal_keys' in shamir ? { unseal_progress: `${seal.progress} of ${seal.t}` } : {};
  const {
    warnings: _warnings,
    sealed: _sealed,
    initialized: _initialized,
    version: _version,
    seal_kind: _kind,
    ...rest
  } = details;
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

function printAdvice({ stdout, program }: Terminal, seal: Envelope, { server, reason }: Details): void {
  const warnings = Array.isArray(server?.warnings) ? server.warnings.filter(isJsonObject) : [];
  const advice = [
    nextStep(seal) ?? reason,
    server !== undefined && server.warnings === undefined
      ? 'Warnings are not shown with this token: that needs `read` on native/status.'
      : undefined,
    ...warnings.map(({ message, remedy }) => `Warning: ${String(message)}\n  ${String(remedy)}`),
  ];
  for (const text of advice) if (text !== undefined) stdout.write(`\n${visible(withProgram(text, program))}\n`);
}

function nextStep({ initialized, sealed, type }: Envelope): string | undefined {
  if (initialized === false) return 'Next: initialise it with `watchword operator init`.';
  if (sealed !== true) return undefined;
  if (type === 'shamir') return 'Next: unseal it with `watchword operator unseal`.';
  return 'Next: start the server again; its seal opens the store by itself.';
}
