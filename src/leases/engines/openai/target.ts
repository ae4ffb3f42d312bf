import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type LeaseFacts,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { VendorRefusal } from '../vendor-api.ts';
import { AdminApi, type ApiKey, type ServiceAccount } from './admin-api.ts';
import type { OpenaiConnection } from './connection.ts';
import type { OpenaiRole } from './role.ts';

/** OpenAI makes the key. */
export type OpenaiMaterial = Record<string, never>;

export interface OpenaiHandle {
  /** Of the service account. */
  readonly id: string;
  /** Of the key, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

type Ref = CredentialRef<OpenaiRole, OpenaiMaterial, OpenaiHandle>;

/** OpenAI's longest. */
const LONGEST_SECONDS = 31_536_000;
/** Clocks differ. A key that goes on longer than that was not given as it was asked for. */
const TOLERANCE_MS = 300_000;
/** OpenAI's shortest: of a key that nobody gets. */
const UNUSED_SECONDS = 1;

/** Service accounts of a project, each with one key, called as their leases. */
export class OpenaiTarget implements Target<OpenaiRole, OpenaiMaterial, OpenaiHandle> {
  readonly #api: AdminApi;
  readonly #connection: OpenaiConnection;
  readonly #on: EngineDependencies;

  constructor(connection: OpenaiConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#api = new AdminApi(connection, on.network);
  }

  async check(_roles: readonly OpenaiRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    const { projectId } = this.#connection;
    try {
      if (!(await this.#api.projectLives(signal))) {
        return [{ what: `use the project ${projectId}`, remedy: 'say the id of a project that is there and not archived' }];
      }
      await this.#api.look(signal);
      return [];
    } catch (error) {
      // The key is known, and may not do this.
      if (!(error instanceof VendorRefusal) || error.status !== 403) throw error;
      const remedy = 'make an admin key at https://platform.openai.com/settings/organization/admin-keys, with all permissions';
      return [{ what: `manage service accounts of ${projectId} (${error.message})`, remedy }];
    }
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall): Promise<Created<OpenaiHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const seconds = secondsOf(lease, this.#on.clock.now());
    const scoped = role.scopes.length > 0;
    const { account, key: first } = await this.#api.create(lease.externalName, scoped ? UNUSED_SECONDS : seconds, signal);
    try {
      const { scopes } = role;
      const key = scoped ? await this.#api.createKey(account.id, { scopes, seconds }, signal) : first;
      return this.#created(lease, account, key);
    } catch (error) {
      throw await this.#undone(account, error, signal);
    }
  }

  async revoke({ lease, handle }: Ref, { signal }: TargetCall): Promise<void> {
    const ids = await this.#idsOf(lease, handle, signal);
    for (const id of ids) await this.#api.delete(id, signal);
    for (const id of ids) {
      if ((await this.#api.find(id, signal)) === undefined) continue;
      throw new TargetError('unknown-outcome', 'the service account is still there');
    }
  }

  async probe({ lease, handle }: Ref, { signal }: TargetCall): Promise<number | 'unlimited' | undefined> {
    if (handle === undefined) return (await this.#named(lease, signal)).length > 0 ? 'unlimited' : undefined;
    return (await this.#api.find(handle.id, signal)) === undefined ? undefined : handle.expiresAt;
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    const accounts = await this.#api.list((name) => name.startsWith(prefix), signal);
    return [...new Set(accounts.map(({ name }) => name))];
  }

  async close(): Promise<void> {}

  #created(lease: LeaseFacts, { id }: ServiceAccount, key: ApiKey): Created<OpenaiHandle> {
    const { expiresAt } = key;
    if (expiresAt === undefined || expiresAt > lease.expiresAt + TOLERANCE_MS) {
      throw new TargetError('refused', 'the key would not end with its lease');
    }
    return {
      handle: { id, expiresAt },
      output: { apiKey: key.value, apiKeyId: key.id, serviceAccountId: id, projectId: this.#connection.projectId },
      expiresAt,
    };
  }

  /** Names need not be unique there: a request that was lost and arrived all the same has made another one. */
  async #idsOf(lease: LeaseFacts, handle: OpenaiHandle | undefined, signal: AbortSignal): Promise<readonly string[]> {
    if (handle !== undefined) return [handle.id];
    return (await this.#named(lease, signal)).map(({ id }) => id);
  }

  #named({ externalName }: LeaseFacts, signal: AbortSignal): Promise<readonly ServiceAccount[]> {
    return this.#api.list((name) => name === externalName, signal);
  }

  /** The error to tell: what it says holds only where the account is gone again. */
  async #undone({ id }: ServiceAccount, error: unknown, signal: AbortSignal): Promise<unknown> {
    const what = error instanceof TargetError ? error.message : 'failed';
    try {
      await this.#api.delete(id, signal);
      return error instanceof TargetError && error.kind === 'unknown-outcome' ? new TargetError('refused', what) : error;
    } catch {
      return new TargetError('unknown-outcome', `${what}; and the service account could not be deleted again`);
    }
  }
}

/** @throws TargetError `refused` */
function secondsOf({ expiresAt }: LeaseFacts, now: number): number {
  const seconds = Math.floor((expiresAt - now) / 1000);
  if (seconds < 1 || seconds > LONGEST_SECONDS) {
    throw new TargetError('refused', `keys live between a second and ${LONGEST_SECONDS} seconds`);
  }
  return seconds;
}
