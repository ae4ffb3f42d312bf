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
import type { OpenrouterConnection } from './connection.ts';
import { KeysApi, type KnownKey } from './keys-api.ts';
import type { OpenrouterRole } from './role.ts';

/** OpenRouter makes the key. */
export type OpenrouterMaterial = Record<string, never>;

export interface OpenrouterHandle {
  /** By what the key is spoken of. */
  readonly hash: string;
}

type Ref = CredentialRef<OpenrouterRole, OpenrouterMaterial, OpenrouterHandle>;

/** It tells whole seconds. A key that goes on longer was not given as it was asked for. */
const TOLERANCE_MS = 2000;

/** Keys of an account, called as their leases. */
export class OpenrouterTarget implements Target<OpenrouterRole, OpenrouterMaterial, OpenrouterHandle> {
  readonly #api: KeysApi;

  constructor(connection: OpenrouterConnection, on: EngineDependencies) {
    this.#api = new KeysApi(connection, on.network);
  }

  async check(_roles: readonly OpenrouterRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    try {
      await this.#api.look(signal);
      return [];
    } catch (error) {
      // The key is known, and may not do this.
      if (!(error instanceof VendorRefusal) || error.status !== 403) throw error;
      const remedy = 'make a management key at https://openrouter.ai/settings/management-keys';
      return [{ what: `manage keys (${error.message})`, remedy }];
    }
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall): Promise<Created<OpenrouterHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const { known, key } = await this.#api.create(lease.externalName, role, lease.expiresAt, signal);
    const { hash, expiresAt } = known;
    if (expiresAt === undefined || expiresAt > lease.expiresAt + TOLERANCE_MS) {
      throw await this.#undone(known, new TargetError('refused', 'the key would not end with its lease'), signal);
    }
    return { handle: { hash }, output: { apiKey: key, apiKeyHash: hash, name: lease.externalName }, expiresAt };
  }

  async revoke({ lease, handle }: Ref, { signal }: TargetCall): Promise<void> {
    // What was made by a request that was lost and arrived all the same has the same name.
    const hashes = handle === undefined ? (await this.#named(lease, signal)).map(({ hash }) => hash) : [handle.hash];
    for (const hash of hashes) await this.#api.delete(hash, signal);
    for (const hash of hashes) {
      if ((await this.#api.find(hash, signal)) === undefined) continue;
      throw new TargetError('unknown-outcome', 'the key is still there');
    }
  }

  async probe({ lease, handle }: Ref, { signal }: TargetCall): Promise<number | 'unlimited' | undefined> {
    const [known] = handle === undefined ? await this.#named(lease, signal) : [await this.#api.find(handle.hash, signal)];
    return known === undefined ? undefined : (known.expiresAt ?? 'unlimited');
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    const keys = await this.#api.list((name) => name.startsWith(prefix), signal);
    return [...new Set(keys.map(({ name }) => name))];
  }

  async close(): Promise<void> {}

  #named({ externalName }: LeaseFacts, signal: AbortSignal): Promise<readonly KnownKey[]> {
    return this.#api.list((name) => name === externalName, signal);
  }

  /** The error to tell: what it says holds only where the key is gone again. */
  async #undone({ hash }: KnownKey, error: TargetError, signal: AbortSignal): Promise<TargetError> {
    try {
      await this.#api.delete(hash, signal);
      return error;
    } catch {
      return new TargetError('unknown-outcome', `${error.message}; and it could not be deleted again`);
    }
  }
}
