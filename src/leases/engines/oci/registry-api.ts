import type { Network, OutgoingAnswer } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import type { OciConnection } from './connection.ts';

const REQUEST_MS = 10_000;
const LARGEST_ANSWER = 64 * 1024;

/** What the registry says of itself at `/v2/`. */
export interface Greeting {
  readonly status: number;
  /** `bearer`, `basic`; empty where nothing is asked for. */
  readonly scheme: string;
  readonly service: string;
}

/** https://distribution.github.io/distribution/spec/api/#api-version-check */
export class RegistryApi {
  readonly #connection: OciConnection;
  readonly #network: Network;

  constructor(connection: OciConnection, network: Network) {
    this.#connection = connection;
    this.#network = network;
  }

  /** Asks for nothing, so that any token will do which the registry believes. @throws TargetError */
  async greet(token: Secret | undefined, signal: AbortSignal): Promise<Greeting> {
    if (signal.aborted) throw new TargetError('unreachable', 'no time is left');
    const { url, tlsCa } = this.#connection;
    let answer: OutgoingAnswer;
    try {
      answer = await this.#network.request({
        url: `${url.replace(/\/$/, '')}/v2/`,
        method: 'GET',
        headers: token === undefined ? {} : { authorization: `Bearer ${token.text}` },
        ca: tlsCa === '' ? undefined : tlsCa,
        allowPrivate: true,
        allowPlain: true,
        maxBytes: LARGEST_ANSWER,
        timeoutMs: REQUEST_MS,
        signal,
      });
    } catch (error) {
      throw networkFailure(error);
    }
    return read(answer);
  }
}

function read({ status, headers }: OutgoingAnswer): Greeting {
  if (status === 429) throw new TargetError('throttled', 'GET /v2/: 429');
  if (status >= 500) throw new TargetError('unreachable', `GET /v2/: ${status}`);
  if (status !== 200 && status !== 401) throw new TargetError('refused', `GET /v2/: ${status}: this is no registry`);
  const challenge = headers['www-authenticate'] ?? '';
  const scheme = /^[A-Za-z]+/.exec(challenge)?.[0].toLowerCase() ?? '';
  const service = /[ ,]service="([^"\\]{0,255})"/.exec(challenge)?.[1] ?? '';
  return { status, scheme, service: service.replace(/[^!-~]/g, '') };
}

const NO_TRUST = /CERT|SELF_SIGNED|SIGNATURE|ALTNAME|_SSL_|_TLS_|EPROTO|CRL|PEM/;

function networkFailure(error: unknown): TargetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_TRUST.test(code)) {
    return new TargetError('refused', `the server's certificate is not accepted, or it speaks no TLS (${code})`);
  }
  return new TargetError('unreachable', `no answer (${code || 'failed'})`);
}
