import type { ChangeContext, ReadContext } from '../../access/operation.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuerSettings } from '../jwt/issuer-settings.ts';
import type { JwtVerifier } from '../jwt/jwt-verifier.ts';
import { readToken } from '../jwt/token-form.ts';
import type { TokenRules } from '../jwt/token-rules.ts';
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

  /**
   * @param named says which role is meant, by what was asked for and by the settings
   * @param standIn does for a role that does not exist what would take time for one that does, so that nobody learns by the clock
   * which roles there are; where it cannot be done now, that is told as it would be for a role
   * @throws WatchwordError `login.refused`; `login.unavailable` of the stand-in
   */
  async find(
    { reader, mount }: ReadContext,
    named: (config: Config) => string,
    standIn: (config: Config) => Promise<unknown>,
  ): Promise<Admission<Config, Role>> {
    const config = await this.#configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin(this.#unconfigured);
    const name = named(config);
    const role = name === '' ? undefined : await this.#roles.find(reader, mount, name);
    if (role === undefined) {
      await standIn(config).catch((error: { readonly code?: string }) => {
        if (error.code !== 'login.refused') throw error;
      });
      throw refusedLogin('role.unknown');
    }
    return { config, name, role };
  }

  /** @throws WatchwordError `store.raced` where one of them was changed meanwhile: the request is then made again */
  async confirm({ tx, mount }: ChangeContext, { config, name, role }: Admission<Config, Role>): Promise<void> {
    const same = (await this.#roles.find(tx, mount, name)) === role && (await this.#configs.find(tx, mount, CONFIG)) === config;
    if (!same) throw new WatchwordError('store.raced');
  }
}

/** Verifies a token as for a role whose audience it has. @throws WatchwordError as the verifier does */
export async function verifyForNobody(
  verifier: JwtVerifier,
  token: Secret,
  { settings, rules = {} }: { readonly settings: IssuerSettings; readonly rules?: Partial<TokenRules> },
): Promise<void> {
  const { claims } = readToken(token, settings.algorithms);
  const audiences = [claims['aud']].flat().filter((audience) => typeof audience === 'string');
  await verifier.verify(token, settings, { ...rules, audiences });
}
