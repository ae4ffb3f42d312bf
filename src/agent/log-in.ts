import type { WatchwordClient } from '../client/client.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../foundation/exact-json.ts';
import { Secret } from '../foundation/secret.ts';
import * as catalogue from './logins/index.ts';
import type { AskSecret, Login, LoginWords } from './logins/login.ts';
import type { Surroundings } from './surroundings.ts';

/** Every way to log in. */
export const logins: readonly Login[] = Object.values(catalogue);

export interface LoginChoice {
  readonly login: Login;
  /** What showed that this is the platform; undefined where the method was named. */
  readonly found: string | undefined;
}

/** A token made for this very job says more than the machine that it runs on. */
const mostSpecific: readonly string[] = ['jwt', 'slurm', 'kubernetes'];

/** The method of this name. @throws WatchwordError `client.usage` */
export function namedLogin(kind: string): Login {
  const login = logins.find((known) => known.kind === kind);
  if (login !== undefined) return login;
  const kinds = logins.map((known) => known.kind).join(', ');
  throw new WatchwordError('client.usage', `There is no login method of this name: the methods are ${kinds}.`);
}

/** The platform that this runs on; undefined where none is recognised. All are asked at once, none for more than a second. */
export async function detectedLogin(on: Surroundings): Promise<LoginChoice | undefined> {
  const answers = await Promise.all(logins.map(async (login) => ({ login, found: await login.detect?.(on) })));
  const found = answers.filter((answer) => answer.found !== undefined);
  const rank = ({ login: { kind } }: LoginChoice) => (mostSpecific.includes(kind) ? mostSpecific.indexOf(kind) : Infinity);
  return found.sort((a, b) => rank(a) - rank(b))[0];
}

export interface LoginOptions {
  readonly on: Surroundings;
  /** Path of the mount below `auth/`; by default the method's name. */
  readonly mount?: string | undefined;
  readonly words: LoginWords;
  readonly askSecret: AskSecret;
  readonly tell: (text: string) => void;
}

export interface LoggedIn {
  readonly token: Secret;
  /** Vault's `auth` object without the token. */
  readonly auth: JsonObject;
}

/** Logs in. @throws WatchwordError: what was missing, or the server's refusal */
export async function logIn(client: WatchwordClient, login: Login, options: LoginOptions): Promise<LoggedIn> {
  const { on, words, askSecret, tell, mount = login.kind } = options;
  const base = `auth/${mount.replace(/^auth\//, '').replace(/\/+$/, '')}`;
  const post = async (path: string, body: JsonObject) => (await client.write(`${base}/${path}`, body)) ?? {};
  const { auth } = await login.logIn({ on, words, askSecret, tell, post });
  if (!isJsonObject(auth) || typeof auth.client_token !== 'string') {
    throw new WatchwordError(
      'client.unreachable',
      'The server answered the login without a token: is this the path of an auth method?',
    );
  }
  const { client_token: text, ...rest } = auth;
  return { token: Secret.fromText(text), auth: rest as JsonObject };
}
