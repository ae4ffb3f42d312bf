import type { Door } from '../../access/door-contract.ts';
import { type Call, Unfit } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { unreachable } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import type { AnyRoute, WireRequest } from '../vault/route.ts';
import { routesOf } from '../vault/routes/index.ts';
import { ACCESS_TOKEN_TYPE, JWT_TYPE, type LoginPlace, type TokenRequest } from './token-request.ts';

type OwnCall = Omit<Call, 'token' | 'mount'>;

/** A successful answer (RFC 6749 § 5.1, RFC 8693 § 2.2.1). */
export interface Granted {
  readonly access_token: Secret;
  readonly issued_token_type?: string;
  /** RFC 9449 § 5 where it is bound to a key that signs each request. */
  readonly token_type: 'Bearer' | 'DPoP';
  /** Seconds; absent for a token that never expires. */
  readonly expires_in?: number;
}

/** Tries of a request that met a change by another one. */
const ATTEMPTS = 3;

/** Carries out what is asked of `/oauth/token`: every step goes through the door, as the one who asks. */
export class Exchange {
  readonly #door: Door;
  readonly #call: OwnCall;

  constructor(door: Door, call: OwnCall) {
    this.#door = door;
    this.#call = call;
  }

  /** @throws WatchwordError of any code */
  async grant(request: TokenRequest): Promise<Granted> {
    const { grant, subject, login, issuerRole } = request;
    if (login === undefined) return this.#sign(request, subject, issuerRole ?? unreachable('an exchange for nothing'));
    const issued = await this.#logIn(login, subject);
    const token = issued.token ?? unreachable('a login without a token');
    if (issuerRole === undefined) {
      const life = issued.ttl === 0 ? {} : { expires_in: issued.ttl };
      const type = grant === 'exchange' ? { issued_token_type: ACCESS_TOKEN_TYPE } : {};
      return { access_token: token, ...type, token_type: typeOf(issued), ...life };
    }
    try {
      return await this.#sign(request, token, issuerRole);
    } finally {
      await this.#revoke(token);
    }
  }

  /** A request that is none: the log hears of it as of every path that there is not. */
  async refuse(refusal: WatchwordError): Promise<never> {
    await this.#perform('system.unrouted', { mount: this.#mount('sys/'), token: undefined }, new Unfit(refusal)).catch(
      (error) => {
        if (isWatchwordError(error, 'request.limited') || isWatchwordError(error, 'audit.unavailable')) throw error;
      },
    );
    throw refusal;
  }

  async #sign({ audience, actor }: TokenRequest, token: Secret, role: string): Promise<Granted> {
    const input: InputOf<'issuer.token'> = { role, audience, actor };
    const parameters = audience === undefined ? {} : { audience };
    const output = await this.#perform('issuer.token', { mount: this.#mount('identity/'), token, parameters }, input);
    return { access_token: output.token, issued_token_type: JWT_TYPE, token_type: typeOf(output), expires_in: output.ttl };
  }

  /**
   * The method's own login, as a client of Vault's API would ask for it. Where there is none, the same refusal after the same number
   * of tries: nobody learns by trying which mounts there are, and which of them take a JWT.
   */
  async #logIn({ mount: path, role }: LoginPlace, jwt: Secret): Promise<OutputOf<'token.create'>> {
    const found = this.#loginAt(path, role, jwt);
    const requestPath = `auth/${path}/login`;
    try {
      if (found === undefined) {
        const input: InputOf<'unmounted.login'> = { mount: path, role, jwt };
        return await this.#perform('unmounted.login', { mount: this.#mount('sys/'), token: undefined, requestPath }, input);
      }
      const how = { mount: found.mount, token: undefined, parameters: { role }, requestPath };
      return (await this.#perform(found.operation, how, found.input)) as OutputOf<'token.create'>;
    } catch (error) {
      throw error instanceof WatchwordError && error.kind === 'invalid' ? new WatchwordError('login.refused') : error;
    }
  }

  #loginAt(path: string, role: string, jwt: Secret) {
    const mount = this.#door.locate('root', `auth/${path}/`);
    const found = mount?.path === `auth/${path}/` ? routesOf(mount).find('POST', 'login') : undefined;
    if (mount === undefined || found === undefined || found === 'unsupported') return undefined;
    const input = inputOf(found, { role, jwt: jwt.text });
    return takesJwt(input) ? { mount, operation: found.route.operation, input } : undefined;
  }

  /** It was only a step on the way. Where its policies do not let it end itself, it ends by its time. */
  async #revoke(token: Secret): Promise<void> {
    try {
      await this.#perform('token.revoke-self', { mount: this.#mount('auth/token/'), token }, {});
    } catch (error) {
      if (!(error instanceof WatchwordError) || error.kind === 'internal') throw error;
    } finally {
      token.dispose();
    }
  }

  async #perform<Name extends OperationName>(
    name: Name,
    how: Pick<Call, 'mount' | 'token'> & Partial<Pick<Call, 'parameters' | 'requestPath'>>,
    input: unknown,
  ): Promise<OutputOf<Name>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { output } = await this.#door.perform(name, { ...this.#call, ...how }, input);
        return output as OutputOf<Name>;
      } catch (error) {
        if (attempt === ATTEMPTS || !isWatchwordError(error, 'store.raced')) throw error;
      }
    }
  }

  #mount(path: string): MountPoint {
    return this.#door.locate('root', path) ?? sealed();
  }
}

const typeOf = ({ binding }: Pick<OutputOf<'issuer.token'>, 'binding'>) => (binding === 'dpop' ? 'DPoP' : 'Bearer');

/** While the store is sealed no mount is known. */
function sealed(): never {
  throw new WatchwordError('seal.sealed');
}

const takesJwt = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'jwt' in input && input.jwt instanceof Secret;

/** Undefined where the login is of another form. */
function inputOf(
  { route, params }: { readonly route: AnyRoute; readonly params: WireRequest['params'] },
  body: WireRequest['body'],
) {
  try {
    return route.decode({ method: 'POST', params, body, token: undefined });
  } catch (error) {
    if (error instanceof WatchwordError && error.kind === 'invalid') return undefined;
    throw error;
  }
}
