import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  definePreparedChange,
  type Prepared,
  type ReadContext,
} from '../../../access/operation.ts';
import { secretSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { randomBase62 } from '../../../foundation/ids.ts';
import { Secret } from '../../../foundation/secret.ts';
import { type GuardedRecords, PassingRecords } from '../../auth-records.ts';
import type { IssuedToken } from '../../contract.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { CONFIG } from '../config-operations.ts';
import type { MethodDependencies } from '../method.ts';
import { identifyPerson } from './people.ts';
import { OidcProvider } from './provider.ts';
import { mayRedirect, type OidcConfig, type OidcRole } from './settings.ts';

/** A login that has begun, until the browser or the device comes back. */
interface Begun {
  readonly role: string;
  readonly redirectUri: string;
  readonly nonce: string;
  /** PKCE; with a device, the device's code. */
  readonly secret: Secret;
  /** Chosen by the client that began: nobody else can finish what it began. */
  readonly clientNonce: string;
  readonly device: boolean;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

interface BeginLogin {
  readonly role?: string | undefined;
  readonly redirectUri: string;
  readonly clientNonce?: string | undefined;
}
interface FinishLogin {
  readonly state: string;
  readonly code?: Secret | undefined;
  readonly error?: string | undefined;
  readonly clientNonce?: string | undefined;
}
interface DeviceLogin {
  readonly state: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
}

declare module '../../../access/operation-types.ts' {
  interface OperationTypes {
    'oidc.begin': { input: BeginLogin; output: { authUrl: string } };
    'oidc.finish': { input: FinishLogin; output: IssuedToken };
    'oidc.begin-device': { input: { role?: string | undefined; clientNonce?: string | undefined }; output: DeviceLogin };
    'oidc.poll-device': { input: { state: string; clientNonce?: string | undefined }; output: IssuedToken | null };
  }
}

const STATE_LENGTH = 32;
const SECRET_LENGTH = 64;
const BROWSER_SECONDS = 300;

const roleName = z.string().max(256).optional();
const clientNonce = z.string().max(256).optional();
const state = z.string().min(1).max(256);

/** Browser and device logins: what is begun, and how it is finished. */
export class OidcLogins {
  readonly #on: MethodDependencies;
  readonly #configs: GuardedRecords<OidcConfig>;
  readonly #roles: GuardedRecords<OidcRole>;
  readonly #begun: PassingRecords<Begun>;
  readonly #provider: OidcProvider;

  constructor(on: MethodDependencies, configs: GuardedRecords<OidcConfig>, roles: GuardedRecords<OidcRole>) {
    this.#on = on;
    this.#configs = configs;
    this.#roles = roles;
    this.#begun = new PassingRecords(on.records, 'begun');
    this.#provider = new OidcProvider(on);
  }

  operations(): AnyOperation[] {
    const login = { authentication: 'none', capability: 'update' } as const;
    const began = { class: 'login', activity: 'other' } as const;
    const finished = { class: 'login', activity: 'login', clear: [] } as const;
    return [
      definePreparedChange<'oidc.begin'>({
        ...login,
        name: 'oidc.begin',
        summary: 'Begin a login in the browser: gives the address to open.',
        input: z.object({ role: roleName, redirectUri: z.string().max(2048), clientNonce }),
        path: (_input, mount) => `${mount.path}oidc/auth_url`,
        event: { ...began, clear: ['role', 'redirectUri'] },
        prepare: (input, context) => this.#begin(input, context),
      }),
      definePreparedChange<'oidc.finish'>({
        ...login,
        name: 'oidc.finish',
        summary: 'Finish a login in the browser, with what the provider sent along.',
        input: z.object({ state, code: secretSchema.optional(), error: z.string().max(256).optional(), clientNonce }),
        attempt: () => 'callback',
        path: (_input, mount) => `${mount.path}oidc/callback`,
        event: finished,
        prepare: (input, context) => this.#finish(input, context),
      }),
      definePreparedChange<'oidc.begin-device'>({
        ...login,
        name: 'oidc.begin-device',
        summary: 'Begin a login that a person confirms on another device.',
        input: z.object({ role: roleName, clientNonce }),
        path: (_input, mount) => `${mount.path}oidc/device`,
        event: { ...began, clear: ['role'] },
        prepare: (input, context) => this.#beginDevice(input, context),
      }),
      definePreparedChange<'oidc.poll-device'>({
        ...login,
        name: 'oidc.poll-device',
        summary: 'Finish a login on another device; gives nothing while the person has not agreed.',
        input: z.object({ state, clientNonce }),
        attempt: () => 'poll',
        path: (_input, mount) => `${mount.path}oidc/poll`,
        event: finished,
        prepare: (input, context) => this.#poll(input, context),
      }),
    ];
  }

  async #begin(input: BeginLogin, context: ReadContext): Promise<Prepared<'oidc.begin'>> {
    const { config, name, role } = await this.#roleOf(input.role, context);
    if (!mayRedirect(role, input.redirectUri)) throw refusedLogin('oidc.redirect');
    const { authorization } = await this.#provider.endpoints(config);
    const { random } = this.#on;
    const [id, nonce] = [randomBase62(random, STATE_LENGTH), randomBase62(random, STATE_LENGTH)];
    const secret = Secret.fromText(randomBase62(random, SECRET_LENGTH));
    const url = new URL(authorization);
    const query = {
      response_type: 'code',
      client_id: config.clientId,
      redirect_uri: input.redirectUri,
      scope: ['openid', ...role.scopes.filter((scope) => scope !== 'openid')].join(' '),
      state: id,
      nonce,
      code_challenge: createHash('sha256').update(secret.bytes).digest('base64url'),
      code_challenge_method: 'S256',
      ...(role.maxAge > 0 ? { max_age: String(role.maxAge) } : {}),
    };
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const begun = {
      role: name,
      redirectUri: input.redirectUri,
      nonce,
      secret,
      clientNonce: input.clientNonce ?? '',
      device: false,
    };
    return async (inside) => {
      await this.#remember(inside, id, begun, BROWSER_SECONDS);
      return { authUrl: url.href };
    };
  }

  async #finish(
    { state: id, code, error, clientNonce: mine }: FinishLogin,
    context: ReadContext,
  ): Promise<Prepared<'oidc.finish'>> {
    const { begun, config, role } = await this.#resume(id, mine, false, context);
    if (error !== undefined || code === undefined) throw refusedLogin('oidc.denied');
    const { redirectUri, secret: verifier, nonce } = begun;
    const idToken = await this.#provider.exchange(config, { code, redirectUri, verifier });
    return this.#admit({ id, begun, config, role, idToken, nonce }, context);
  }

  async #beginDevice(
    input: { role?: string | undefined; clientNonce?: string | undefined },
    context: ReadContext,
  ): Promise<Prepared<'oidc.begin-device'>> {
    const { config, name, role } = await this.#roleOf(input.role, context);
    const { deviceCode, ...device } = await this.#provider.authorizeDevice(config, ['openid', ...role.scopes]);
    const id = randomBase62(this.#on.random, STATE_LENGTH);
    const begun = {
      role: name,
      redirectUri: '',
      nonce: '',
      secret: deviceCode,
      clientNonce: input.clientNonce ?? '',
      device: true,
    };
    return async (inside) => {
      await this.#remember(inside, id, begun, device.expiresIn);
      return { state: id, ...device };
    };
  }

  async #poll(
    input: { state: string; clientNonce?: string | undefined },
    context: ReadContext,
  ): Promise<Prepared<'oidc.poll-device'>> {
    const { begun, config, role } = await this.#resume(input.state, input.clientNonce, true, context);
    const idToken = await this.#provider.deviceToken(config, begun.secret);
    if (idToken === 'pending') {
      context.note({ pending: true });
      return async () => null;
    }
    return this.#admit({ id: input.state, begun, config, role, idToken, nonce: undefined }, context);
  }

  async #admit(resumed: Resumed & { id: string; idToken: Secret; nonce: string | undefined }, context: ReadContext) {
    const { id, begun, config, role, idToken, nonce } = resumed;
    const identified = await identifyPerson(this.#on.jwt, { config, name: begun.role, role, idToken, nonce }, context);
    const confirm = async ({ tx, mount }: ChangeContext) => {
      if ((await this.#roles.find(tx, mount, begun.role)) !== role) throw new WatchwordError('store.raced');
      if (!(await this.#begun.remove(tx, mount, id))) throw refusedLogin('oidc.state');
    };
    return this.#on.logins.admit({ ...identified, confirm }, context);
  }

  async #remember({ tx, mount, now }: ChangeContext, id: string, begun: Omit<Begun, 'endsAt'>, seconds: number): Promise<void> {
    const endsAt = now + seconds * 1000;
    await this.#begun.put(tx, mount, { name: id, value: { ...begun, endsAt }, expiresAt: endsAt });
  }

  async #resume(id: string, mine = '', device: boolean, context: ReadContext): Promise<Resumed> {
    const begun = await this.#begun.find(context.reader, context.mount, id);
    if (begun === undefined || begun.device !== device || begun.clientNonce !== mine || begun.endsAt <= context.now)
      throw refusedLogin('oidc.state');
    const { config, role } = await this.#roleOf(begun.role, context);
    return { begun, config, role };
  }

  async #roleOf(asked: string | undefined, { reader, mount }: ReadContext) {
    const config = await this.#configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin('oidc.unconfigured');
    const name = asked || config.defaultRole;
    const role = name === '' ? undefined : await this.#roles.find(reader, mount, name);
    if (role === undefined) throw refusedLogin('role.unknown');
    return { config, name, role };
  }
}

interface Resumed {
  readonly begun: Begun;
  readonly config: OidcConfig;
  readonly role: OidcRole;
}
