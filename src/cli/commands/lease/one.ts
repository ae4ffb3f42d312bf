import { Command } from 'commander';
import type { Envelope, WatchwordClient } from '../../../client/client.ts';
import { isWatchwordError, WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject } from '../../../foundation/exact-json.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import { type OutputOptions, withField, withFormat } from '../../output/options.ts';
import { printAnswer, printDone, printField, printStructured } from '../../output/print.ts';
import { table } from '../../output/table.ts';
import { rowsOf } from '../../output/values.ts';
import type { Terminal } from '../../terminal.ts';
import { timeLeft } from '../creds/time-text.ts';
import { stateOf } from './list.ts';

type LeaseOptions = ConnectionOptions & OutputOptions;

interface RenewOptions extends LeaseOptions {
  readonly increment?: string;
}

interface RevokeOptions extends LeaseOptions {
  readonly sync?: boolean;
  readonly prefix?: string;
  readonly workload?: string;
}

const ID = 'id of the lease, such as database/creds/training/3kXb…';

export function showCommand(terminal: Terminal): Command {
  const command = new Command('show').description('Shows what is known of a lease, without its credential.').argument('<id>', ID);
  withField(withConnection(command));
  return command.action(async (id: string, options: LeaseOptions) => {
    const client = await clientFor(terminal, options);
    const answer = (await client.write('sys/leases/lookup', { lease_id: id })) ?? {};
    const data = isJsonObject(answer.data) ? answer.data : {};
    if (options.field !== undefined) return printField(terminal, data, options.field);
    if (await printStructured(terminal, options, answer)) return;
    const { ttl, state: _state, cause: _cause, failed_revocations: _failed, ...rest } = data;
    const shown = { ...rest, state: stateOf(data), ...(typeof ttl === 'number' ? { left: timeLeft(ttl) } : {}) };
    terminal.stdout.write(table(['Key', 'Value'], rowsOf(shown)));
  });
}

export function renewCommand(terminal: Terminal): Command {
  const command = new Command('renew')
    .description('Lets a credential be good for longer, until the longest life that its role gives.')
    .argument('<id>', ID)
    .option('-i, --increment <duration>', 'for how long from now; the server may grant less');
  withField(withConnection(command));
  return command.action(async (id: string, options: RenewOptions) => {
    const client = await clientFor(terminal, options);
    const increment = options.increment === undefined ? {} : { increment: options.increment };
    const answer: Envelope = (await client.write('sys/leases/renew', { lease_id: id, ...increment })) ?? {};
    await printAnswer(terminal, options, answer);
  });
}

export function revokeCommand(terminal: Terminal): Command {
  const command = new Command('revoke')
    .description(
      'Takes a credential back, or all below a prefix, or all of a workload. Whoever may not take back leases gives his own back.',
    )
    .argument('[id]', ID)
    .option('--prefix <prefix>', 'all leases below it, such as database/creds/training')
    .option('--workload <method:id>', 'all leases that this workload holds')
    .option('--sync', 'wait until their targets say that they are gone');
  withFormat(withConnection(command));
  return command.action(async (id: string | undefined, options: RevokeOptions) => {
    const { prefix, workload, sync = false } = options;
    if ([id, prefix, workload].filter((said) => said !== undefined).length !== 1) {
      throw new WatchwordError('client.usage', 'Say which leases: one id, --prefix or --workload.');
    }
    const client = await clientFor(terminal, options);
    if (id !== undefined) {
      await revokeOne(client, id, sync);
      return printDone(terminal, options, sync ? 'Taken back.' : 'Being taken back, unless it is gone already.');
    }
    if (prefix !== undefined) {
      const answer = await client.write(`sys/leases/revoke-prefix/${prefix}`, { sync, count: true });
      const count = countIn(answer);
      if (count === 0) return printDone(terminal, options, nothingBelow(prefix));
      return printDone(
        terminal,
        options,
        `${done(sync)}: ${typeof count === 'number' ? count : 'what there is'} below ${prefix}.`,
      );
    }
    const answer = await client.write('sys/leases/revoke-workload', { workload: workload ?? '', sync });
    const count = countIn(answer);
    printDone(terminal, options, typeof count === 'number' ? `${done(sync)}: ${count} of ${workload}.` : `${done(sync)}.`);
  });
}

const countIn = (answer: Envelope | undefined): unknown => (isJsonObject(answer?.data) ? answer.data.count : undefined);

const nothingBelow = (prefix: string): string =>
  `There is no lease below ${prefix}, so nothing was taken back. Ids begin with MOUNT/creds/ROLE/, whatever path was asked: see \`watchword lease list\`.`;

const done = (sync: boolean): string => (sync ? 'Taken back' : 'Being taken back');

/** Whoever may not take back leases may still give his own back, and does not wait for it. */
async function revokeOne(client: WatchwordClient, id: string, sync: boolean): Promise<void> {
  try {
    await client.write('sys/leases/revoke', { lease_id: id, sync });
  } catch (error) {
    if (!isWatchwordError(error, 'access.denied')) throw error;
    if (sync) {
      const message = 'Waiting takes update on sys/leases/revoke. Without --sync you may give back what is your own.';
      throw new WatchwordError('access.denied', message);
    }
    await client.write('sys/leases/give-back', { lease_id: id }).catch((second: unknown) => {
      // It is not his own: then the first answer says what is missing.
      throw isWatchwordError(second, 'lease.missing') ? error : second;
    });
  }
}
