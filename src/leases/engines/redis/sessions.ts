import { createClient, ErrorReply } from '@redis/client';
import type { Secret } from '../../../foundation/secret.ts';
import { type TargetCall, TargetError } from '../engine.ts';
import { type RedisConnection, usesTls } from './connection.ts';

const CONNECT_MS = 10_000;
/** For a connection that was kept to show that it is still one. */
const ALIVE_MS = 2_000;

/** Replies of RESP 2. */
export type Reply = string | number | null | readonly Reply[];

/** One connection in use. */
export interface RedisSession {
  /** @throws TargetError; {@link RedisRefusal} where the server said no */
  send(...words: readonly string[]): Promise<Reply>;
}

/** The server's own words, without what they must not hold. */
export class RedisRefusal extends TargetError {
  /** `WRONGPASS`, `NOPERM`, `ERR` */
  readonly code: string;

  constructor(message: string) {
    const code = message.split(' ', 1)[0] ?? '';
    super('refused', message, { lockedOut: code === 'WRONGPASS' });
    this.code = code;
  }
}

type Client = ReturnType<typeof newClient>;

/** Who logs in. */
export interface Account {
  readonly username: string;
  readonly password?: Secret | undefined;
}

function newClient(connection: RedisConnection, { username, password }: Account) {
  const { host, port, caCert, tlsCertificate, privateKey } = connection;
  const authorities = caCert === '' ? {} : { ca: caCert };
  const own = tlsCertificate === '' || privateKey === undefined ? {} : { cert: tlsCertificate, key: privateKey.bytes };
  const tls = usesTls(connection) ? { tls: true as const, rejectUnauthorized: true, ...authorities, ...own } : {};
  return createClient({
    RESP: 2,
    ...(username === '' ? {} : { username }),
    ...(password === undefined ? {} : { password: password.text }),
    disableClientInfo: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { host, port, connectTimeout: CONNECT_MS, reconnectStrategy: false, ...tls },
  });
}

/** Connections to one server: at most so many at once, kept while they are good. */
export class RedisSessions {
  readonly #connection: RedisConnection;
  readonly #idle: Client[] = [];
  readonly #waiting = new Set<() => void>();
  #inUse = 0;
  #closed = false;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** Works with a connection; when the time is over it is cut. @param hidden what no message may hold */
  async use<Result>(
    call: TargetCall,
    hidden: readonly Secret[],
    work: (session: RedisSession) => Promise<Result>,
  ): Promise<Result> {
    const secrets = [...hidden, ...(this.#connection.password === undefined ? [] : [this.#connection.password])];
    await this.#slot(call.signal);
    try {
      const client = await this.#connected(call.signal, secrets);
      try {
        return await inTime(client, call.signal, work, secrets);
      } finally {
        if (client.isReady && !this.#closed) this.#idle.push(client);
        else end(client);
      }
    } finally {
      this.#inUse -= 1;
      const [next] = this.#waiting;
      if (next !== undefined) this.#waiting.delete(next);
      next?.();
    }
  }

  /** Logs in as somebody and leaves. @throws TargetError */
  async logIn(account: Account, { signal }: TargetCall): Promise<void> {
    const hidden = account.password === undefined ? [] : [account.password];
    end(await opened(newClient(this.#connection, account), signal, hidden));
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#idle.splice(0)) end(client);
  }

  async #slot(signal: AbortSignal): Promise<void> {
    while (this.#inUse >= this.#connection.maxOpenConnections) {
      if (signal.aborted) throw new TargetError('throttled', 'no connection became free in time');
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
    }
    this.#inUse += 1;
  }

  async #connected(signal: AbortSignal, hidden: readonly Secret[]): Promise<Client> {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      if (await isAlive(kept, signal)) return kept;
      end(kept);
    }
    return await opened(newClient(this.#connection, this.#connection), signal, hidden);
  }
}

/** Whatever is answered, it is an answer. */
async function isAlive(client: Client, signal: AbortSignal): Promise<boolean> {
  if (!client.isReady) return false;
  const cut = () => end(client);
  const late = AbortSignal.any([signal, AbortSignal.timeout(ALIVE_MS)]);
  late.addEventListener('abort', cut, { once: true });
  try {
    await client.sendCommand(['PING']);
    return true;
  } catch (error) {
    return error instanceof ErrorReply;
  } finally {
    late.removeEventListener('abort', cut);
  }
}

function end(client: Client): void {
  if (client.isOpen) client.destroy();
}

async function opened(client: Client, signal: AbortSignal, hidden: readonly Secret[]): Promise<Client> {
  // Every command's own promise says it.
  client.on('error', () => {});
  const timeUp = Promise.withResolvers<never>();
  timeUp.promise.catch(() => {});
  const cut = () => {
    end(client);
    timeUp.reject(new TargetError('unreachable', 'no connection in time'));
  };
  if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
  signal.addEventListener('abort', cut, { once: true });
  const opening = client.connect();
  opening.catch(() => {});
  try {
    await Promise.race([opening, timeUp.promise]);
    return client;
  } catch (error) {
    end(client);
    throw toTargetError(error, false, hidden);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

async function inTime<Result>(
  client: Client,
  signal: AbortSignal,
  work: (session: RedisSession) => Promise<Result>,
  hidden: readonly Secret[],
): Promise<Result> {
  const cut = () => end(client);
  if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await work({
      async send(...words) {
        try {
          return await client.sendCommand<Reply>([...words]);
        } catch (error) {
          throw toTargetError(error, true, hidden);
        }
      },
    });
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

/** The server has done nothing and may do it later: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const LATER = /^(?:LOADING|BUSY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|OOM)\b|max number of clients/;

/** @param sent whether the server may have begun */
function toTargetError(error: unknown, sent: boolean, hidden: readonly Secret[]): TargetError {
  if (error instanceof TargetError) return error;
  const message = scrubbed(error instanceof Error ? error.message : 'failed', hidden);
  if (error instanceof ErrorReply) return LATER.test(message) ? new TargetError('throttled', message) : new RedisRefusal(message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!sent && /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|certificate/.test(`${code} ${message}`)) {
    return new TargetError('refused', `the server's certificate is not accepted, or it speaks no TLS: ${message}`);
  }
  const told = message === '' ? code : code === '' ? message : `${message} (${code})`;
  return new TargetError(sent ? 'unknown-outcome' : 'unreachable', told);
}

function scrubbed(message: string, hidden: readonly Secret[]): string {
  return hidden.reduce((text, { text: secret }) => (secret === '' ? text : text.replaceAll(secret, '[redacted]')), message);
}
