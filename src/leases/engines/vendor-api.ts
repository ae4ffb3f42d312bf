import type { Network, OutgoingAnswer, OutgoingRequest } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import { TargetError } from './engine.ts';
import { invalidSetting } from './invalid-setting.ts';
import { networkFailure } from './network-failure.ts';

/** For one request; all of them together are bounded by the call. */
const REQUEST_MS = 10_000;
const LARGEST_ANSWER = 8 * 1024 * 1024;
const LONGEST_REASON = 300;

export interface VendorRequest {
  /** For messages: `the token of an installation`. */
  readonly what: string;
  readonly method: OutgoingRequest['method'];
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: Secret;
  /** JSON, or a form. */
  readonly body?: object;
  /** What else is in the body and in no message. */
  readonly secrets?: readonly Secret[];
  readonly signal: AbortSignal;
  /** Whether something may have been made where no answer comes. */
  readonly changes: boolean;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the body is no JSON. */
  readonly json: unknown;
}

/** A refusal, with the status that the vendor gave. */
export class VendorRefusal extends TargetError {
  readonly status: number;

  constructor(message: string, status: number) {
    super('refused', message);
    this.status = status;
  }
}

interface Reach {
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether the name may lead to a private address. */
  readonly internal: boolean;
}

/** JSON over HTTPS at an address that the operator, or the vendor's documentation, has named. */
export class VendorApi {
  readonly #network: Network;
  readonly #reach: Reach;

  constructor(network: Network, reach: Reach) {
    this.#network = network;
    this.#reach = reach;
  }

  /** @throws TargetError where there is no answer; what an answer means is the caller's to say */
  async ask(request: VendorRequest): Promise<VendorAnswer> {
    if (request.signal.aborted) throw new TargetError('unreachable', `${request.what}: no time is left`);
    let answer: OutgoingAnswer;
    try {
      answer = await this.#send(request);
    } catch (error) {
      throw networkFailure(error, request.what, request.changes);
    }
    return { status: answer.status, headers: answer.headers, json: jsonIn(answer.body) };
  }

  #send({ method, url, headers, bearer, body, signal }: VendorRequest): Promise<OutgoingAnswer> {
    const form = body instanceof URLSearchParams;
    return this.#network.request({
      url,
      method,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer.text}` }),
        ...(body === undefined ? {} : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body.toString() : JSON.stringify(body) }),
      ca: this.#reach.tlsCa === '' ? undefined : this.#reach.tlsCa,
      allowPrivate: this.#reach.internal,
      maxBytes: LARGEST_ANSWER,
      timeoutMs: REQUEST_MS,
      signal,
    });
  }
}

/**
 * What an answer means that is none of the good ones.
 * @param reason the vendor's own words, which may repeat what was sent: see {@link cleanReason}
 */
export function refusalOf(request: VendorRequest, { status, headers }: VendorAnswer, reason: string): TargetError {
  const said = `${request.what}: ${status} ${cleanReason(reason, request)}`.trimEnd();
  const usedUp = status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0');
  if (status === 429 || usedUp) return new TargetError('throttled', said);
  if (status >= 500) return new TargetError(request.changes ? 'unknown-outcome' : 'unreachable', said);
  return new VendorRefusal(said, status);
}

/** Three parts in base64url: a signed token, whoever's. */
const SIGNED = /[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

function cleanReason(reason: string, { bearer, secrets = [] }: VendorRequest): string {
  let said = reason.replace(/[^ -~]+/g, ' ');
  for (const { text } of bearer === undefined ? secrets : [bearer, ...secrets]) {
    if (text !== '') said = said.replaceAll(text, '[redacted]');
  }
  return said.replace(SIGNED, '[redacted]').slice(0, LONGEST_REASON).trim();
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const FORM = /^https:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9_.-]+)*\/?$/;

/** @param where the field, as callers write it @throws WatchwordError `engine.invalid` for what is no plain https URL */
export function checkVendorUrl(where: string, text: string, example: string): void {
  const url = FORM.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // A path with dots in it would be another one than it says.
  if (url === undefined || url.port === '0' || /(?:^|\/)\.{1,2}(?:\/|$)/.test(text.slice('https://'.length))) {
    invalidSetting(where, `must be an https URL without a query, such as ${example}`);
  }
}

/** @throws WatchwordError `engine.invalid` */
export function checkAuthorities(where: string, pem: string): void {
  if (pem !== '' && !pem.includes('-----BEGIN CERTIFICATE-----')) invalidSetting(where, 'must be certificates in PEM');
}
