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
import { type GuardedRecords, PassingRecords } from '../../../keyring/mount-records.ts';
import type { IssuedToken } from '../../contract.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { Bulkhead } from '../bulkhead.ts';
import { CONFIG } from '../config-operations.ts';
import type { MethodDependencies } from '../method.ts';
import { identifyPerson } from './people.ts';
import { OidcProvider } from './provider.ts';
import { mayRedirect, type OidcConfig, type OidcRole } from './settings.ts';

/** A login that has begun, until the browser or the device comes back. */
interface Begun {
  readonly role: string;
  /** Which client of which provider began: what it gave is shown to no other. */
  readonly by: string;
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
  readonly #bulkhead: Bulkhead;

  constructor(on: MethodDependencies, configs: GuardedRecords<OidcConfig>, roles: GuardedRecords<OidcRole>) {
    this.#on = on;
    this.#configs = configs;
    this.#roles = roles;
    this.#begun = new PassingRecords(on.records, 'begun');
    this.#provider = new OidcProvider(on);
    this.#bulkhead = new Bulkhead(on.clock, 'oidc.busy');
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
        // The server's own 190 random bits.
        attempt: { of: () => 'callback', guessable: false },
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
        attempt: { of: () => 'poll', guessable: false },
        path: (_input, mount) => `${mount.path}oidc/poll`,
        event: finished,
        prepare: (input, context) => this.#poll(input, context),
      }),
    ];
  }

  async #begin(input: BeginLogin, context: ReadContext): Promise<Prepared<'oidc.begin'>> {
    const { config, name, role } = await this.#roleOf(input.role, context);
    if (!mayRedirect(role, input.redirectUri)) throw refusedLogin('oidc.redirect');
    const { authorization } = await this.#bulkhead.ask(questionTo(config, context), () => this.#provider.endpoints(config));
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
      by: clientOf(config),
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
    const begun = await this.#used(id, mine, context);
    const { config, role } = await this.#roleOfBegun(begun, context);
    if (error !== undefined || code === undefined) throw refusedLogin('oidc.denied');
    const { redirectUri, secret: verifier, nonce } = begun;
    const question = questionTo(config, context);
    const exchange = { code, redirectUri, verifier };
    const idToken = await this.#bulkhead.ask(question, () => this.#provider.exchange(config, exchange));
    return this.#admit({ begun, config, role, idToken, nonce }, context);
  }

  async #beginDevice(
    input: { role?: string | undefined; clientNonce?: string | undefined },
    context: ReadContext,
  ): Promise<Prepared<'oidc.begin-device'>> {
    const { config, name, role } = await this.#roleOf(input.role, context);
    const scopes = ['openid', ...role.scopes];
    const asked = this.#bulkhead.ask(questionTo(config, context), () => this.#provider.authorizeDevice(config, scopes));
    const { deviceCode, ...device } = await asked;
    const id = randomBase62(this.#on.random, STATE_LENGTH);
    const begun = {
      role: name,
      by: clientOf(config),
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
    const begun = await this.#pendingDevice(input.state, input.clientNonce, context);
    const { config, role } = await this.#roleOfBegun(begun, context);
    const question = { ...questionTo(config, context), inVain: isPending };
    const idToken = await this.#bulkhead.ask(question, () => this.#provider.deviceToken(config, begun.secret));
    if (idToken === 'pending') {
      context.note({ pending: true });
      return async () => null;
    }
    return this.#admit({ begun, config, role, idToken, nonce: undefined, state: input.state }, context);
  }

  async #admit(resumed: Resumed, context: ReadContext) {
    const { begun, config, role, idToken, nonce, state: unused } = resumed;
    const identified = await identifyPerson(this.#on.jwt, { config, name: begun.role, role, idToken, nonce }, context);
    const confirm = async ({ tx, mount }: ChangeContext) => {
      const isAsItWas = (await this.#configs.find(tx, mount, CONFIG)) === config;
      if (!isAsItWas || (await this.#roles.find(tx, mount, begun.role)) !== role) throw new WatchwordError('store.raced');
      if (unused !== undefined && !(await this.#begun.remove(tx, mount, unused))) throw refusedLogin('oidc.state');
    };
    return this.#on.logins.admit({ ...identified, confirm }, context);
  }

  async #remember({ tx, mount, now }: ChangeContext, id: string, begun: Omit<Begun, 'endsAt'>, seconds: number): Promise<void> {
    const endsAt = now + seconds * 1000;
    await this.#begun.put(tx, mount, { name: id, value: { ...begun, endsAt }, expiresAt: endsAt });
  }

  /**
   * A login in the browser ends with the first callback that names it, however that goes: nothing that was seen on its way through the
   * browser can be tried again.
   */
  async #used(id: string, mine: string | undefined, context: ReadContext): Promise<Begun> {
    const { reader, mount } = context;
    const begun = await this.#begun.find(reader, mount, id);
    if (begun === undefined || begun.device) throw refusedLogin('oidc.state');
    const first = await this.#on.storage.write((tx) => this.#begun.remove(tx, mount, id));
    if (!first || !isFor(begun, mine, context)) throw refusedLogin('oidc.state');
    return begun;
  }

  /** A login on another device, whose state only the client knows that began: it is asked for until it ends. */
  async #pendingDevice(id: string, mine: string | undefined, context: ReadContext): Promise<Begun> {
    const begun = await this.#begun.find(context.reader, context.mount, id);
    if (begun?.device !== true || !isFor(begun, mine, context)) throw refusedLogin('oidc.state');
    return begun;
  }

  /** Refuses where the mount names another provider by now: it would be told secrets that are not for it. */
  async #roleOfBegun({ role, by }: Begun, context: ReadContext) {
    const found = await this.#roleOf(role, context);
    if (clientOf(found.config) !== by) throw refusedLogin('oidc.state');
    return found;
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
  readonly idToken: Secret;
  readonly nonce: string | undefined;
  /** Where it has still to be used up. */
  readonly state?: string;
}

const isFor = ({ clientNonce: begunBy, endsAt }: Begun, mine = '', { now }: ReadContext) => begunBy === mine && endsAt > now;

const clientOf = ({ discoveryUrl, clientId }: OidcConfig) => JSON.stringify([discoveryUrl, clientId]);

const questionTo = ({ discoveryUrl }: OidcConfig, { call }: ReadContext) => ({ to: discoveryUrl, address: call.remote.address });

const isPending = (answer: Secret | 'pending') => answer === 'pending';
