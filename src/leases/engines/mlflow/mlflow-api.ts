import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { networkFailure } from '../network-failure.ts';
import type { MlflowConnection } from './connection.ts';

/** For one request; all of them together are bounded by the call. */
const REQUEST_MS = 15_000;
const LARGEST_ANSWER = 32 * 1024 * 1024;

export interface Account {
  readonly username: string;
  readonly password: Secret;
}

interface Ask {
  readonly method: OutgoingRequest['method'];
  /** `2.0/mlflow/users/get` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal: AbortSignal;
  /** Instead of the configured account. */
  readonly account?: Account;
}

/** A refusal, by the server's own code: `RESOURCE_ALREADY_EXISTS`. */
export class MlflowRefusal extends TargetError {
  readonly status: number;
  readonly code: string;

  constructor(what: string, status: number, code: string) {
    super('refused', `${what}: ${status} ${code}`.trimEnd(), { lockedOut: status === 401 });
    this.status = status;
    this.code = code;
  }
}

/** The REST API of MLflow and its basic authentication. https://mlflow.org/docs/latest/api_reference/auth/rest-api.html */
export class MlflowApi {
  readonly #connection: MlflowConnection;
  readonly #network: Network;

  constructor(connection: MlflowConnection, network: Network) {
    this.#connection = connection;
    this.#network = network;
  }

  /** What the server said; undefined where there is no such thing. @throws TargetError */
  async ask(ask: Ask): Promise<Readonly<Record<string, unknown>> | undefined> {
    const what = `${ask.method} ${ask.path}`;
    if (ask.signal.aborted) throw new TargetError('unreachable', `${what}: no time is left`);
    const changes = ask.method !== 'GET';
    let answer: OutgoingAnswer;
    try {
      answer = await this.#send(ask);
    } catch (error) {
      throw networkFailure(error, what, changes);
    }
    return read(answer, what, changes);
  }

  #send({ method, path, query = {}, body, signal, account }: Ask): Promise<OutgoingAnswer> {
    const { url, username, password, tlsCa } = this.#connection;
    const [name, word] = account === undefined ? [username, password] : [account.username, account.password];
    const search = new URLSearchParams(query).toString();
    return this.#network.request({
      url: `${url.replace(/\/$/, '')}/api/${path}${search === '' ? '' : `?${search}`}`,
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:${word?.text ?? ''}`).toString('base64')}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ca: tlsCa === '' ? undefined : tlsCa,
      allowPrivate: true,
      allowPlain: true,
      maxBytes: LARGEST_ANSWER,
      timeoutMs: REQUEST_MS,
      signal,
    });
  }
}

function read({ status, body }: OutgoingAnswer, what: string, changes: boolean): Readonly<Record<string, unknown>> | undefined {
  const said = jsonIn(body);
  if (status === 200) {
    if (said === undefined) throw new MlflowRefusal(what, status, 'and no JSON: this is not the API of MLflow');
    return said;
  }
  const code = codeIn(said);
  if (status === 404 && code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
  if (status === 429) throw new TargetError('throttled', `${what}: 429`);
  if (status >= 500) throw new TargetError(changes ? 'unknown-outcome' : 'unreachable', `${what}: ${status} ${code}`.trimEnd());
  throw new MlflowRefusal(what, status, code);
}

function jsonIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Never the message: where a name is taken, it holds the statement of the server's database, and the digest of the password. */
function codeIn(said: Readonly<Record<string, unknown>> | undefined): string {
  const code = said?.['error_code'];
  return typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : '';
}
