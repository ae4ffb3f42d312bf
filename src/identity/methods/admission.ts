import type { ChangeContext, ReadContext } from '../../access/operation.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { GuardedRecords } from '../auth-records.ts';
import { refusedLogin } from '../login-refusal.ts';
import { CONFIG } from './config-operations.ts';

/** The settings and the role that a login was decided by. */
export interface Admission<Config, Role> {
  readonly config: Config;
  readonly name: string;
  readonly role: Role;
}

/** Finds both for a login, and looks at them again in its transaction. */
export class Admissions<Config, Role> {
  readonly #configs: GuardedRecords<Config>;
  readonly #roles: GuardedRecords<Role>;
  readonly #unconfigured: string;

  /** @param unconfigured reason of the refusal before the mount has settings */
  constructor(configs: GuardedRecords<Config>, roles: GuardedRecords<Role>, unconfigured: string) {
    this.#configs = configs;
    this.#roles = roles;
    this.#unconfigured = unconfigured;
  }

  /** @param named says which role is meant, by what was asked for and by the settings. @throws WatchwordError `login.refused` */
  async find({ reader, mount }: ReadContext, named: (config: Config) => string): Promise<Admission<Config, Role>> {
    const config = await this.#configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin(this.#unconfigured);
    const name = named(config);
    const role = name === '' ? undefined : await this.#roles.find(reader, mount, name);
    if (role === undefined) throw refusedLogin('role.unknown');
    return { config, name, role };
  }

  /** @throws WatchwordError `store.raced` where one of them was changed meanwhile: the request is then made again */
  async confirm({ tx, mount }: ChangeContext, { config, name, role }: Admission<Config, Role>): Promise<void> {
    const same = (await this.#roles.find(tx, mount, name)) === role && (await this.#configs.find(tx, mount, CONFIG)) === config;
    if (!same) throw new WatchwordError('store.raced');
  }
}
