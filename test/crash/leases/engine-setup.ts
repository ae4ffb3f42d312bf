import type { VaultClient } from '../../testing/vault-client.ts';
import type { CrashTarget } from './target.ts';

export interface EngineSetUp {
  /** Where the engine is mounted. */
  readonly at: string;
  /** Of the loopback interface: the target, or who stands before it. */
  readonly port: number;
  readonly roles: readonly string[];
  readonly times: Readonly<Record<'default_ttl' | 'max_ttl', string>>;
}

/** Mounts the engine of the target with a connection and roles. @throws Error for what the server refuses */
export async function setUpEngine(
  client: VaultClient,
  target: CrashTarget,
  { at, port, roles, times }: EngineSetUp,
): Promise<void> {
  const database = target.mount === 'database';
  const named = database ? { db_name: 'db', ...times } : times;
  const connection = { ...target.connection(port), ...(database ? { allowed_roles: '*' } : {}) };
  await write(client, `sys/mounts/${at}`, { type: target.mount });
  await write(client, `${at}/config/${database ? 'db' : 'connection'}`, connection);
  for (const role of roles) await write(client, `${at}/roles/${role}`, { ...named, ...target.role });
}

/** The target's own account as a static role `app`, changed every ten seconds. */
export async function setUpStaticRole(client: VaultClient, at: string, username: string): Promise<void> {
  await write(client, `${at}/static-roles/app`, { db_name: 'db', username, rotation_period: 10 });
}

async function write(client: VaultClient, path: string, body: object): Promise<void> {
  const { status, text } = await client.send('POST', path, { body });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
}
