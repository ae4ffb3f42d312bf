import { Command } from 'commander';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printSection, printStructured } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

export function whoamiCommand(terminal: Terminal): Command {
  const command = new Command('whoami').description(
    'Shows who the server takes you to be: method, workload, role, owner, policies, and for how long.',
  );
  withFormat(withConnection(command));
  return command.action(async (options: ConnectionOptions & OutputOptions) => {
    const client = await clientFor(terminal, options);
    if (client.connection.token === undefined) {
      throw new WatchwordError('access.token-missing', 'Nobody is logged in at this server.');
    }
    const report = identityOf(await ownFacts(() => client.read('auth/token/lookup-self')));
    if (await printStructured(terminal, options, report)) return;
    printSection(terminal, `At ${client.connection.address.origin}`, report);
  });
}

async function ownFacts(look: () => Promise<JsonObject | undefined>): Promise<JsonObject> {
  try {
    const data = (await look())?.data;
    return isJsonObject(data) ? data : {};
  } catch (error) {
    if (!isWatchwordError(error, 'access.denied')) throw error;
    throw new WatchwordError(
      'access.token-invalid',
      'The token is unknown, expired, used up or revoked (or no policy lets it look itself up).',
    );
  }
}

/** What concerns the caller, the token's bookkeeping left out. */
function identityOf(data: JsonObject): JsonObject {
  const { claims, ...workload } = isJsonObject(data.workload) ? data.workload : { claims: undefined };
  const { policies, identity_policies, entity_id, display_name, path, ttl, expire_time, accessor, bound_cidrs } = data;
  const known = {
    name: display_name,
    ...filled(workload),
    ...(isJsonObject(claims) ? { claims: Object.entries(claims).map(([name, value]) => `${name}=${String(value)}`) } : {}),
    policies,
    identity_policies,
    entity_id: entity_id === '' ? undefined : entity_id,
    logged_in_at: path,
    ttl,
    expires: expire_time ?? 'never',
    accessor,
    bound_cidrs,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as JsonObject;
}

/** What the platform or the role left open is not shown. */
function filled(workload: JsonObject): JsonObject {
  const said = Object.entries(workload).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(said) as JsonObject;
}
