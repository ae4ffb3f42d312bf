import { type AwsCredentials, presignedUrl, signedHeaders, uriEncoded } from '../../../foundation/aws-signature.ts';
import type { Clock, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { type EngineDependencies, type TargetCall, TargetError } from '../engine.ts';
import type { AwsConnection } from './connection.ts';
import { stsUrl } from './endpoint.ts';
import { faultIn, type StsFault, type StsSession, sessionIn } from './sts-answer.ts';

export type StsAction = 'AssumeRole' | 'GetFederationToken' | 'GetSessionToken';

export interface StsRequest<Action = StsAction> {
  readonly action: Action;
  readonly parameters: Readonly<Record<string, string>>;
}

const API_VERSION = '2011-06-15';
const DEFAULT_REGION = 'us-east-1';
const MAX_BYTES = 65_536;
/** Longer than any caller waits: its own signal is what ends the wait. */
const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 200;
const USUAL_RETRIES = 2;

/** Nothing of the request has left, or reached anybody. */
const NEVER_ARRIVED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|network\.(?:address|url|header))$/;
const NO_TRUST = /CERT|TLS|SSL|SELF_SIGNED|ALTNAME|UNABLE_TO/;
const THROTTLED: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'ServiceUnavailable',
]);
/** Said of the keys themselves, whatever was asked for. */
const WRONG_KEYS: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
]);

/** The STS of one connection. */
export class Sts {
  readonly #connection: AwsConnection;
  readonly #on: EngineDependencies;

  constructor(connection: AwsConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
  }

  /** Of S3. */
  get region(): string {
    return this.#connection.region || DEFAULT_REGION;
  }

  /** @param keys of who asks, where that is not the configured user @throws TargetError */
  async session({ action, parameters }: StsRequest, call: TargetCall, keys = this.#keys()): Promise<StsSession> {
    const answer = await this.#post({ action, parameters }, call, keys);
    const session = sessionIn(action, answer.body.toString('utf8'));
    if (session === undefined) throw new TargetError('refused', 'the answer is not one of STS');
    return session;
  }

  /** Whether the configured keys are good. @throws TargetError `refused` where they are not */
  async checkKeys(call: TargetCall): Promise<void> {
    try {
      await this.#post({ action: 'GetCallerIdentity', parameters: {} }, call, this.#keys());
    } catch (error) {
      const unknownAction = error instanceof StsRefusal && this.#connection.stsEndpoint !== '' && !error.isAboutKeys;
      if (!unknownAction) throw error;
      // Servers of others do not know that action. Their S3 knows the keys.
      await this.#listBuckets(call);
    }
  }

  async #listBuckets(call: TargetCall): Promise<void> {
    const { s3Endpoint, stsEndpoint } = this.#connection;
    const { origin } = new URL(s3Endpoint || stsEndpoint);
    const unsigned = { method: 'GET', origin, path: '/', seconds: 60, region: this.region, service: 's3' } as const;
    const url = presignedUrl(unsigned, this.#keys(), this.#on.clock.now());
    const answer = await this.#send({ url, method: 'GET' }, call);
    if (answer.status === 200) return;
    const { code, message } = faultIn(answer.body.toString('utf8'));
    // Ceph says no more than that of keys that it does not know.
    const more = code === 'AccessDenied' ? 'either the keys are wrong, or they may not even list buckets' : message;
    throw failure(answer.status, { code, message: more }, this.#keys());
  }

  async #post(asked: StsRequest<string>, call: TargetCall, keys: AwsCredentials): Promise<OutgoingAnswer> {
    const { stsEndpoint, stsRegion, maxRetries } = this.#connection;
    const region = stsRegion || this.region;
    const url = stsUrl(stsEndpoint, region);
    const body = Object.entries({ Action: asked.action, Version: API_VERSION, ...asked.parameters })
      .map(([name, value]) => `${uriEncoded(name)}=${uriEncoded(value)}`)
      .join('&');
    const retries = maxRetries < 0 ? USUAL_RETRIES : maxRetries;
    for (let attempt = 0; ; attempt += 1) {
      const typed = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
      const unsigned = { method: 'POST', url, body, headers: typed, region, service: 'sts' } as const;
      const { Host: _host, ...headers } = signedHeaders(unsigned, keys, this.#on.clock.now());
      const answer = await this.#send({ url: url.href, method: 'POST', headers, body }, call);
      if (answer.status === 200) return answer;
      const failed = failure(answer.status, faultIn(answer.body.toString('utf8')), keys);
      if (failed.kind !== 'throttled' || attempt >= retries) throw failed;
      await pause(this.#on.clock, FIRST_PAUSE_MS * 2 ** attempt, call.signal, failed);
    }
  }

  #keys(): AwsCredentials {
    const { accessKey, secretKey } = this.#connection;
    return { accessKeyId: accessKey, secretAccessKey: secretKey?.text ?? '', sessionToken: undefined };
  }

  async #send(request: Pick<OutgoingRequest, 'url' | 'method' | 'headers' | 'body'>, { signal }: TargetCall) {
    if (signal.aborted) throw new TargetError('unreachable', 'there was no time to ask');
    const { internal, tlsCa } = this.#connection;
    const timeUp = Promise.withResolvers<never>();
    const abort = () => timeUp.reject(new TargetError('unknown-outcome', 'no answer in time'));
    signal.addEventListener('abort', abort, { once: true });
    const answer = this.#on.network.request({
      ...request,
      allowPrivate: internal,
      allowPlain: request.url.startsWith('http:'),
      ...(tlsCa === '' ? {} : { ca: tlsCa }),
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
    try {
      return await Promise.race([answer, timeUp.promise]);
    } catch (error) {
      throw error instanceof TargetError ? error : networkFailure(error);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

/** What STS refused, with its own word for why. */
class StsRefusal extends TargetError {
  readonly isAboutKeys: boolean;

  constructor(message: string, code: string) {
    super('refused', message);
    this.isAboutKeys = WRONG_KEYS.has(code);
  }
}

function failure(status: number, { code, message }: StsFault, { secretAccessKey }: AwsCredentials): TargetError {
  const said = `${code || `status ${status}`}${message === '' ? '' : `: ${message}`}`.replaceAll(secretAccessKey, '[redacted]');
  if (THROTTLED.has(code) || status === 429 || status === 503)
    return new TargetError('throttled', `STS has too much to do (${said})`);
  if (status >= 500) return new TargetError('unknown-outcome', `STS failed (${said})`);
  return new StsRefusal(said, code);
}

function networkFailure(error: unknown): TargetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_TRUST.test(code)) return new TargetError('refused', `the server's certificate is not accepted (${code})`);
  if (NEVER_ARRIVED.test(code)) return new TargetError('unreachable', `STS cannot be reached (${code})`);
  return new TargetError('unknown-outcome', `the connection to STS failed (${code || 'no reason'})`);
}

/** @throws what failed before, where the time is over first */
async function pause(clock: Clock, ms: number, signal: AbortSignal, failed: TargetError): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw failed;
  }
}
