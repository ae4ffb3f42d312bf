import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Random } from '../../../foundation/ports.ts';
import { TargetError } from '../engine.ts';
import { MessageReader, MessageWriter, notKafka } from './codec.ts';
import type { KafkaAddress } from './connection.ts';
import { apiVersions, type KafkaRequest, saslAuthenticate, saslHandshake } from './messages.ts';
import { KafkaRefusal } from './refusal.ts';
import { type ScramAccount, scram } from './scram.ts';

const CLIENT = 'watchword';
/** What describes every user and right of a large cluster is long. */
const LONGEST_ANSWER = 64 * 1024 * 1024;
/** All that is asked there, in the version it is asked in; every broker since Kafka 2.7 has them. */
const NEEDED: readonly (readonly [key: number, version: number])[] = [
  [3, 9],
  [17, 1],
  [29, 2],
  [30, 2],
  [31, 2],
  [32, 4],
  [36, 2],
  [50, 0],
  [51, 0],
];

export interface Dial {
  readonly address: KafkaAddress;
  readonly account: ScramAccount;
  /** Whether it is encrypted, and the authorities that are believed. */
  readonly tls: { readonly ca: string } | undefined;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Milliseconds to log in; as long as the signal lets it otherwise. */
  readonly tryMs?: number | undefined;
}

/** One connection, one question at a time. When the time is over it is cut. */
export class KafkaSession {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  #received: Buffer[] = [];
  #size = 0;
  #failure: Error | undefined;
  #heard = Promise.withResolvers<void>();
  #asked = 0;
  /** Whether anything was sent that changes something: then nobody knows what was done when an answer stays away. */
  #changed = false;
  readonly #cut = () => {
    this.#socket.destroy(new TargetError('unreachable', 'no answer in time'));
  };

  private constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on('data', (bytes: Buffer) => {
      this.#received.push(bytes);
      this.#size += bytes.length;
      this.#hear();
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the broker closed the connection')));
    signal.addEventListener('abort', this.#cut, { once: true });
  }

  /** Logs in. @throws TargetError, never `unknown-outcome` */
  static async open({ address, account, tls, random, signal, tryMs }: Dial): Promise<KafkaSession> {
    if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
    const session = new KafkaSession(dial(address, tls), signal);
    const overdue = tryMs === undefined ? undefined : setTimeout(session.#cut, tryMs);
    try {
      const known = await session.ask(apiVersions());
      for (const [key, version] of NEEDED) {
        const [least, most] = known.get(key) ?? [1, 0];
        if (version < least || version > most) {
          throw new TargetError(
            'refused',
            `the broker does not know request ${key} in version ${version}: Kafka 2.7 or newer does`,
          );
        }
      }
      await session.ask(saslHandshake(account.mechanism));
      await scram(account, random, (bytes) => session.ask(saslAuthenticate(bytes)));
      return session;
    } catch (error) {
      session.end();
      throw error;
    } finally {
      clearTimeout(overdue);
    }
  }

  /** @throws TargetError; `unknown-outcome` for what may have been done */
  async ask<Answer>(request: KafkaRequest<Answer>): Promise<Answer> {
    const { name } = request;
    if (this.#signal.aborted) throw lost(name, this.#changed, new Error('no answer in time'));
    this.#asked += 1;
    this.#changed ||= request.changes;
    const frame = framed(request, this.#asked);
    try {
      this.#socket.write(frame);
      return this.#read(request, await this.#frame());
    } catch (error) {
      throw error instanceof KafkaRefusal ? error : lost(name, this.#changed, error);
    } finally {
      frame.fill(0);
    }
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#cut);
    this.#socket.destroy();
  }

  #read<Answer>(request: KafkaRequest<Answer>, bytes: Buffer): Answer {
    const reader = new MessageReader(bytes);
    if (reader.int32() !== this.#asked) throw notKafka();
    if (request.flexible) reader.end();
    return request.read(reader);
  }

  async #frame(): Promise<Buffer> {
    const head = await this.#take(4);
    const size = head.readInt32BE();
    if (size < 4 || size > LONGEST_ANSWER) throw notKafka();
    return await this.#take(size);
  }

  async #take(size: number): Promise<Buffer> {
    while (this.#size < size) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#heard.promise;
    }
    const all = Buffer.concat(this.#received);
    this.#received = [all.subarray(size)];
    this.#size -= size;
    return all.subarray(0, size);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#hear();
  }

  #hear(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers<void>();
  }
}

function dial({ host, port }: KafkaAddress, tls: Dial['tls']): Socket {
  if (tls === undefined) return connect({ host, port, noDelay: true });
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, rejectUnauthorized: true, ...name, ...(tls.ca === '' ? {} : { ca: tls.ca }) });
}

function framed(request: KafkaRequest<unknown>, number: number): Buffer {
  const writer = new MessageWriter().int16(request.key).int16(request.version).int32(number).oldText(CLIENT);
  if (request.flexible) writer.end();
  request.write(writer);
  return writer.frame();
}

/** No answer, or none that can be read. */
function lost(name: string, changed: boolean, error: unknown): TargetError {
  const text = error instanceof Error ? error.message : 'failed';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const told = `${name}: ${text === '' ? code : text}`;
  if (changed) return new TargetError('unknown-outcome', told);
  if (error instanceof TargetError) return new TargetError(error.kind, told);
  if (/CERT|SELF_SIGNED|SIGNATURE|ALTNAME|_SSL_|_TLS_|EPROTO/.test(code)) {
    return new TargetError('refused', `the broker's certificate is not accepted, or it speaks no TLS (${code})`);
  }
  return new TargetError('unreachable', told);
}
