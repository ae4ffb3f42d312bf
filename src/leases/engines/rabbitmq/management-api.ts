import type { Network, OutgoingAnswer } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { networkFailure } from '../network-failure.ts';
import type { RabbitmqConnection } from './connection.ts';

/** For one request; all of them together are bounded by the call. */
const REQUEST_MS = 10_000;
const LARGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_REASON = 200;

export interface Ask {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Below `/api/`, not yet encoded. */
  readonly path: readonly string[];
  readonly body?: object;
  readonly signal: AbortSignal;
  /** Instead of the configured account. */
  readonly account?: Account;
}

interface Account {
  readonly username: string;
  readonly password: Secret;
}

/** A refusal, with what the server answered. */
export class RabbitmqRefusal extends TargetError {
  readonly status: number;
  readonly reason: string;

  constructor(what: string, status: number, reason: string) {
    super('refused', `${what}: ${status} ${reason}`, { lockedOut: status === 401 });
    this.status = status;
    this.reason = reason;
  }
}

/** The HTTP API of the management plugin. https://www.rabbitmq.com/docs/http-api-reference */
export class ManagementApi {
  readonly #connection: RabbitmqConnection;
  readonly #network: Network;

  constructor(connection: RabbitmqConnection, network: Network) {
    this.#connection = connection;
    this.#network = network;
  }

  /** What the server said; undefined where there is no such thing. @throws TargetError */
  async ask(ask: Ask): Promise<unknown> {
    const { method, path, signal } = ask;
    if (signal.aborted) throw new TargetError('unreachable', 'no time is left');
    const what = `${method} ${path[0]}`;
    let answer: OutgoingAnswer;
    try {
      answer = await this.#send(ask);
    } catch (error) {
      throw networkFailure(error, what, method !== 'GET');
    }
    return read(answer, what, method !== 'GET');
  }

  #send({ method, path, body, signal, account }: Ask): Promise<OutgoingAnswer> {
    const { connectionUri, username, password, tlsCa } = this.#connection;
    const [name, word] = account === undefined ? [username, password] : [account.username, account.password];
    return this.#network.request({
      url: `${connectionUri.replace(/\/$/, '')}/api/${path.map(encodeSegment).join('/')}`,
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:${word?.text ?? ''}`).toString('base64')}`,
        accept: 'application/json',
        'content-type': 'application/json',
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

function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..')
    throw new TargetError('refused', 'a name would lead to another path');
  return encodeURIComponent(segment);
}

function read({ status, body }: OutgoingAnswer, what: string, changes: boolean): unknown {
  if (status === 404) return undefined;
  if (status === 201 || status === 204) return null;
  if (status === 200) {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch {
      throw new RabbitmqRefusal(what, status, 'and no JSON: this is not the management plugin of RabbitMQ');
    }
  }
  const reason = reasonOf(body);
  if (status === 429) throw new TargetError('throttled', `${what}: 429 ${reason}`);
  if (status >= 500) throw new TargetError(changes ? 'unknown-outcome' : 'unreachable', `${what}: ${status} ${reason}`);
  throw new RabbitmqRefusal(what, status, reason);
}

/** What was sent holds no password, so neither does this. */
function reasonOf(body: Buffer): string {
  try {
    const { reason } = JSON.parse(body.toString('utf8')) as { readonly reason?: unknown };
    const text = Array.isArray(reason) ? reason[0] : reason;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a message.
    return typeof text === 'string' ? text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, LONGEST_REASON) : '';
  } catch {
    return '';
  }
}
