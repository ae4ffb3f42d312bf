import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { networkFailure } from '../network-failure.ts';
import type { OpensearchConnection } from './connection.ts';

/** For one request; all of them together are bounded by the call. */
const REQUEST_MS = 15_000;
const LARGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_REASON = 300;

export interface Ask {
  readonly method: OutgoingRequest['method'];
  /** Below `/_plugins/_security/`, not yet encoded. */
  readonly path: readonly string[];
  readonly body?: object;
  /** What else is in the body and in no message. */
  readonly secret?: Secret;
  readonly signal: AbortSignal;
  /** Instead of the configured account. */
  readonly account?: Account;
}

export interface Account {
  readonly username: string;
  readonly password: Secret;
}

export type Answer = Readonly<Record<string, unknown>>;

/** A refusal, with what the server answered. */
export class OpensearchRefusal extends TargetError {
  readonly status: number;
  readonly reason: string;

  constructor(what: string, status: number, reason: string) {
    super('refused', `${what}: ${status} ${reason}`.trimEnd(), { lockedOut: status === 401 });
    this.status = status;
    this.reason = reason;
  }
}

/** Somebody else has changed the same document in between: all users are one, and all roles. Nothing was done. */
export class ChangedMeanwhile extends TargetError {
  constructor(what: string) {
    super('throttled', `${what}: 409, others change users or roles at the same time`);
  }
}

/** The REST API of OpenSearch's security plugin. https://docs.opensearch.org/docs/latest/security/access-control/api/ */
export class SecurityApi {
  readonly #connection: OpensearchConnection;
  readonly #network: Network;

  constructor(connection: OpensearchConnection, network: Network) {
    this.#connection = connection;
    this.#network = network;
  }

  /** What the server said; undefined where there is no such thing. @throws TargetError */
  async ask(ask: Ask): Promise<Answer | undefined> {
    const what = `${ask.method} ${ask.path.slice(0, 2).join('/')}`;
    if (ask.signal.aborted) throw new TargetError('unreachable', `${what}: no time is left`);
    let answer: OutgoingAnswer;
    try {
      answer = await this.#send(ask);
    } catch (error) {
      throw networkFailure(error, what, ask.method !== 'GET');
    }
    return read(answer, ask, what);
  }

  #send({ method, path, body, signal, account }: Ask): Promise<OutgoingAnswer> {
    const { url, username, password, tlsCa } = this.#connection;
    const [name, word] = account === undefined ? [username, password] : [account.username, account.password];
    return this.#network.request({
      url: `${url.replace(/\/$/, '')}/_plugins/_security/${path.map(encodeSegment).join('/')}`,
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

function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new TargetError('refused', 'a name would lead to another path');
  }
  return encodeURIComponent(segment);
}

function read({ status, body }: OutgoingAnswer, { method, secret }: Ask, what: string): Answer | undefined {
  const said = jsonIn(body);
  if (status === 200 || status === 201) {
    if (said === undefined) throw new OpensearchRefusal(what, status, 'and no JSON: this is not OpenSearch');
    return said;
  }
  const reason = reasonIn(said, secret);
  // Not the 404 of whatever stands in front: a user that only seems to be gone would live on.
  if (status === 404 && said?.['status'] === 'NOT_FOUND' && method !== 'PUT') return undefined;
  if (status === 409) throw new ChangedMeanwhile(what);
  if (status === 429) throw new TargetError('throttled', `${what}: 429 ${reason}`.trimEnd());
  if (status >= 500) {
    throw new TargetError(method === 'GET' ? 'unreachable' : 'unknown-outcome', `${what}: ${status} ${reason}`.trimEnd());
  }
  throw new OpensearchRefusal(what, status, reason);
}

function jsonIn(body: Buffer): Answer | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/** The plugin says it in three ways: `message`, `reason`, and `error` with a reason or without. */
function reasonIn(said: Answer | undefined, secret: Secret | undefined): string {
  const error = said?.['error'];
  const inner = typeof error === 'object' && error !== null && 'reason' in error ? error.reason : error;
  const text = [said?.['message'], said?.['reason'], inner].find((each) => typeof each === 'string') ?? '';
  const clean = secret === undefined ? text : text.replaceAll(secret.text, '[redacted]');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a message.
  return clean.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, LONGEST_REASON);
}
