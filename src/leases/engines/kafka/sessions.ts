import type { EngineDependencies, TargetCall } from '../engine.ts';
import { TargetError } from '../engine.ts';
import { isLoopback, type KafkaAddress, type KafkaConnection, parseServer, usesTls } from './connection.ts';
import type { Broker } from './messages.ts';
import type { ScramAccount } from './scram.ts';
import { KafkaSession } from './session.ts';

/** For one server of several to answer. */
const TRY_MS = 5_000;

/** Connections to the brokers of one cluster: at most so many at once, each for one piece of work. */
export class KafkaSessions {
  readonly #connection: KafkaConnection;
  readonly #random: EngineDependencies['random'];
  readonly #waiting = new Set<() => void>();
  #inUse = 0;

  constructor(connection: KafkaConnection, random: EngineDependencies['random']) {
    this.#connection = connection;
    this.#random = random;
  }

  /** At the first of the configured servers that answers. */
  async use<Result>({ signal }: TargetCall, work: (session: KafkaSession) => Promise<Result>): Promise<Result> {
    return await this.#within(signal, () => this.#first(this.#account(), signal), work);
  }

  /** At one broker of the cluster. */
  async useAt<Result>({ host, port }: Broker, { signal }: TargetCall, work: (session: KafkaSession) => Promise<Result>) {
    if (!usesTls(this.#connection) && this.#connection.tls === undefined && !isLoopback(host)) {
      throw new TargetError('refused', `the cluster sends its clients to ${host}, and TLS is off: set tls`);
    }
    return await this.#within(signal, () => this.#open({ host, port }, this.#account(), signal), work);
  }

  /** Logs in as somebody and leaves. @throws TargetError */
  async logIn(account: ScramAccount, { signal }: TargetCall, broker?: Broker): Promise<void> {
    const open = () => (broker === undefined ? this.#first(account, signal) : this.#open(broker, account, signal));
    await this.#within(signal, open, async () => {});
  }

  async #within<Result>(
    signal: AbortSignal,
    open: () => Promise<KafkaSession>,
    work: (session: KafkaSession) => Promise<Result>,
  ): Promise<Result> {
    await this.#slot(signal);
    try {
      const session = await open();
      try {
        return await work(session);
      } finally {
        session.end();
      }
    } finally {
      this.#inUse -= 1;
      const [next] = this.#waiting;
      if (next !== undefined) this.#waiting.delete(next);
      next?.();
    }
  }

  #account(): ScramAccount {
    const { username, password, mechanism } = this.#connection;
    if (password === undefined) throw new TargetError('refused', 'no password is configured');
    return { username, password, mechanism };
  }

  async #first(account: ScramAccount, signal: AbortSignal): Promise<KafkaSession> {
    const servers = this.#connection.bootstrapServers.flatMap((text) => parseServer(text) ?? []);
    let failure = new TargetError('unreachable', 'no server is configured');
    for (const [at, server] of servers.entries()) {
      const last = at === servers.length - 1;
      try {
        return await this.#open(server, account, signal, last ? undefined : TRY_MS);
      } catch (error) {
        if (!(error instanceof TargetError) || error.kind !== 'unreachable') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #open(address: KafkaAddress, account: ScramAccount, signal: AbortSignal, tryMs?: number): Promise<KafkaSession> {
    const tls = usesTls(this.#connection) ? { ca: this.#connection.tlsCa } : undefined;
    return await KafkaSession.open({ address, account, tls, random: this.#random, signal, tryMs });
  }

  async #slot(signal: AbortSignal): Promise<void> {
    while (this.#inUse >= this.#connection.maxOpenConnections) {
      if (signal.aborted) throw new TargetError('throttled', 'no connection became free in time');
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      this.#waiting.delete(wake);
    }
    this.#inUse += 1;
  }
}
