import type { Clock, Network, OutgoingAnswer } from '../../../foundation/ports.ts';
import { TargetError } from '../engine.ts';
import { type AzureSasConnection, keyBytes, serviceUrl } from './connection.ts';
import { hmac, SERVICE_VERSION } from './signature.ts';

const REQUEST_MS = 10_000;
const LARGEST_ANSWER = 1024 * 1024;
/** Of the lines before the headers, all but the verb are about bodies and conditions, and empty. */
const EMPTY_LINES = 11;

/** Questions to the blob service that change nothing, asked with the key of the account. */
export class BlobService {
  readonly #connection: AzureSasConnection;
  readonly #network: Network;
  readonly #clock: Clock;

  constructor(connection: AzureSasConnection, { network, clock }: { readonly network: Network; readonly clock: Clock }) {
    this.#connection = connection;
    this.#network = network;
    this.#clock = clock;
  }

  /** Whether directories are more than a part of names. @throws TargetError where the key is not the account's */
  async isHierarchical(signal: AbortSignal): Promise<boolean> {
    const answer = await this.#ask('', { comp: 'properties', restype: 'account' }, signal);
    if (answer.status !== 200) throw refusal('the account', answer);
    return answer.headers['x-ms-is-hns-enabled'] === 'true';
  }

  async hasContainer(name: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#ask(`/${name}`, { restype: 'container' }, signal);
    if (answer.status === 404 && answer.headers['x-ms-error-code'] === 'ContainerNotFound') return false;
    if (answer.status !== 200) throw refusal(`the container ${name}`, answer);
    return true;
  }

  /** https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
  async #ask(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<OutgoingAnswer> {
    if (signal.aborted) throw new TargetError('unreachable', 'no time is left');
    const { account, tlsCa } = this.#connection;
    const url = new URL(`${serviceUrl(this.#connection)}${path === '' ? '/' : path}?${new URLSearchParams(query)}`);
    const headers = { 'x-ms-date': new Date(this.#clock.now()).toUTCString(), 'x-ms-version': SERVICE_VERSION };
    const lines = [
      'GET',
      ...Array.from({ length: EMPTY_LINES }, () => ''),
      ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
      `/${account}${url.pathname}`,
      ...Object.entries(query).map(([name, value]) => `${name}:${value}`),
    ];
    const authorization = `SharedKey ${account}:${this.#sign(lines.join('\n'))}`;
    try {
      return await this.#network.request({
        url: url.href,
        method: 'GET',
        headers: { ...headers, authorization },
        ca: tlsCa === '' ? undefined : tlsCa,
        allowPrivate: true,
        maxBytes: LARGEST_ANSWER,
        timeoutMs: REQUEST_MS,
        signal,
      });
    } catch (error) {
      throw networkFailure(error);
    }
  }

  #sign(text: string): string {
    const { accountKey } = this.#connection;
    const key = accountKey === undefined ? undefined : keyBytes(accountKey);
    if (key === undefined) throw new TargetError('refused', 'no key of the account is configured');
    const signature = hmac(text, key);
    key.fill(0);
    return signature;
  }
}

/** What the body says repeats what was signed: the code tells enough. */
function refusal(what: string, { status, headers }: OutgoingAnswer): TargetError {
  const code = (headers['x-ms-error-code'] ?? '').replace(/[^A-Za-z]/g, '').slice(0, 64);
  const said = `${what}: ${status} ${code}`.trimEnd();
  if (status === 429 || code === 'ServerBusy') return new TargetError('throttled', said);
  return new TargetError(status >= 500 ? 'unreachable' : 'refused', said);
}

const NO_TRUST = /CERT|SELF_SIGNED|SIGNATURE|ALTNAME|_SSL_|_TLS_|EPROTO|CRL|PEM/;

function networkFailure(error: unknown): TargetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_TRUST.test(code)) {
    return new TargetError('refused', `the server's certificate is not accepted, or it speaks no TLS (${code})`);
  }
  return new TargetError('unreachable', `no answer (${code || 'failed'})`);
}
