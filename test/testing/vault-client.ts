import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface VaultAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the answer is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

export interface Asked {
  /** Instead of the client's own; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts and Buffers are sent as they are, everything else as JSON. */
  readonly body?: unknown;
}

/** A client that sends what it is told, byte by byte, and waits no longer than `timeoutMs` for an answer. */
export class VaultClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #token: string;
  readonly #timeoutMs: number;

  constructor(url: string, token: string, timeoutMs = 30_000) {
    this.#url = new URL(url);
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects when the connection breaks before the whole answer is there. @param path below `/v1/`, or with a leading slash as it is */
  send(method: string, path: string, { body, headers = {}, token = this.#token }: Asked = {}): Promise<VaultAnswer> {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path: path.startsWith('/') ? path : `/v1/${path}`,
        timeout: this.#timeoutMs,
        headers: {
          ...(token === null ? {} : { 'X-Vault-Token': token }),
          ...(bytes === undefined ? {} : { 'Content-Length': Buffer.byteLength(bytes) }),
          ...headers,
        },
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', reject);
      sent.on('response', (response) => wholeAnswer(response).then(resolve, reject));
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function wholeAnswer(response: IncomingMessage): Promise<VaultAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = text !== '' && response.headers['content-type']?.startsWith('application/json') === true;
  return { status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
