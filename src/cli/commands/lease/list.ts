import { Command } from 'commander';
import type { WatchwordClient } from '../../../client/client.ts';
import { isWatchwordError, WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { type ConnectionOptions, clientFor, wholeNumber, withConnection } from '../../options.ts';
import { type OutputOptions, withFormat } from '../../output/options.ts';
import { printStructured } from '../../output/print.ts';
import { table } from '../../output/table.ts';
import { plainText } from '../../output/values.ts';
import type { Terminal } from '../../terminal.ts';
import { timeLeft } from '../creds/time-text.ts';

const PAGE = 500;

interface ListOptions extends ConnectionOptions, OutputOptions {
  readonly workload?: string;
  readonly tokenAccessor?: string;
  readonly all?: boolean;
  readonly limit: number;
}

export function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('Lists your own leases; or those below a prefix, of a workload, of a token, or all, which takes sudo.')
    .argument('[prefix]', 'beginning of the lease ids, such as database/creds/training')
    .option('--workload <method:id>', 'those that this workload holds')
    .option('--token-accessor <accessor>', 'those that were issued to this token')
    .option('--all', 'all there are, whoever holds them')
    .option('--limit <number>', 'how many at most', wholeNumber(1), 100);
  withFormat(withConnection(command));
  return command.action(async (prefix: string | undefined, options: ListOptions) => {
    const client = await clientFor(terminal, options);
    const { workload, tokenAccessor, all, limit } = options;
    const ofOthers = [prefix, workload, tokenAccessor].some((said) => said !== undefined) || all === true;
    const query = { prefix, workload, token_accessor: tokenAccessor };
    const { leases, next } = await pages(
      client,
      ofOthers ? { path: 'sys/leases/search', query } : { path: MINE, query: {} },
      limit,
    );
    if (!(await printStructured(terminal, options, { leases, next }))) terminal.stdout.write(report(leases, ofOthers));
    if (next !== null) terminal.stderr.write(`There are more than these ${leases.length}; --limit shows more.\n`);
  });
}

const MINE = 'sys/leases/mine';

interface Wanted {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** Follows the pages until there are enough. `next` is null when these are all. */
async function pages(client: WatchwordClient, { path, query }: Wanted, limit: number) {
  const leases: JsonObject[] = [];
  let next: string | null = null;
  do {
    const page: Readonly<Record<string, string | undefined>> = {
      ...query,
      limit: String(Math.min(PAGE, limit - leases.length)),
      after: next ?? undefined,
    };
    const answer = await client.read(path, { query: page }).catch((error: unknown) => {
      if (path === MINE || !isWatchwordError(error, 'access.denied')) throw error;
      const message =
        'Looking at the leases of others takes list and sudo on sys/leases/lookup/*; without a prefix you see your own.';
      throw new WatchwordError('access.denied', message);
    });
    const data = isJsonObject(answer?.data) ? answer.data : {};
    const found = Array.isArray(data.leases) ? data.leases.filter(isJsonObject) : [];
    leases.push(...found);
    next = typeof data.next === 'string' && found.length > 0 ? data.next : null;
  } while (next !== null && leases.length < limit);
  return { leases, next };
}

function report(leases: readonly JsonObject[], ofOthers: boolean): string {
  if (leases.length === 0) return ofOthers ? 'There are no such leases.\n' : 'Your token holds no leases.\n';
  const rows = leases.map((lease) => [
    plainText(lease.id),
    stateOf(lease),
    typeof lease.ttl === 'number' ? timeLeft(lease.ttl) : '',
    plainText(lease.workload),
    plainText(lease.revocation),
  ]);
  return table(['Lease', 'State', 'Left', 'Workload', 'Revocation'], rows);
}

/** Why it ends, and how often that was tried. */
export function stateOf({ state, cause, failed_revocations: failed, damaged }: JsonObject): string {
  if (damaged === true) return `${plainText(state)}, damaged in the database`;
  const why = typeof cause === 'string' ? ` (${cause})` : '';
  return `${plainText(state)}${why}${typeof failed === 'number' && failed > 0 ? `, tried ${failed} times` : ''}`;
}
