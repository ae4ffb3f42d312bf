import { GuardedRecords, type MountRecordStore, type RecordMount } from '../../keyring/mount-records.ts';
import type { Executor } from '../../storage/contract.ts';
import type { IssuerRole } from './contract.ts';
import { type IssuerConfig, issuerName, newIssuerConfig } from './issuer-name.ts';
import type { NamedKey } from './named-key.ts';

/** The issuer's one record of settings. */
export const CONFIG = 'config';

/** What the issuer keeps, sealed under the key of the identity mount. */
export class IssuerRecords {
  readonly configs: GuardedRecords<IssuerConfig>;
  readonly keys: GuardedRecords<NamedKey>;
  readonly roles: GuardedRecords<IssuerRole>;
  readonly #address: () => string;
  #known: { readonly commits: number; readonly keys: ReadonlyMap<string, NamedKey> } | undefined;

  /** @param address of the server: `https://127.0.0.1:8200` */
  constructor(store: MountRecordStore, address: () => string) {
    this.configs = new GuardedRecords(store, 'issuer-config');
    this.keys = new GuardedRecords(store, 'issuer-key');
    this.roles = new GuardedRecords(store, 'issuer-role');
    this.#address = address;
  }

  /** The server's own address. */
  get address(): string {
    return this.#address();
  }

  async config(on: Executor, mount: RecordMount): Promise<IssuerConfig> {
    return (await this.configs.find(on, mount, CONFIG)) ?? newIssuerConfig;
  }

  /** What tokens and documents call the issuer. */
  async issuer(on: Executor, mount: RecordMount): Promise<string> {
    return issuerName(await this.config(on, mount), this.#address());
  }

  /** Every key by its name; without a query while nothing was committed since they were read. */
  async allKeys(
    on: Executor & { readonly commits?: number | undefined },
    mount: RecordMount,
  ): Promise<ReadonlyMap<string, NamedKey>> {
    const { commits } = on;
    if (commits !== undefined && this.#known?.commits === commits) return this.#known.keys;
    const keys = new Map<string, NamedKey>();
    for (const name of await this.keys.names(on, mount)) {
      const named = await this.keys.find(on, mount, name);
      if (named !== undefined) keys.set(name, named);
    }
    this.#known = commits === undefined ? undefined : { commits, keys };
    return keys;
  }

  async allRoles(on: Executor, mount: RecordMount): Promise<ReadonlyMap<string, IssuerRole>> {
    const roles = new Map<string, IssuerRole>();
    for (const name of await this.roles.names(on, mount)) {
      const role = await this.roles.find(on, mount, name);
      if (role !== undefined) roles.set(name, role);
    }
    return roles;
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#known = undefined;
  }
}
