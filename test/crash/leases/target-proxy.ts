import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** When the trap springs: nothing has reached the target; it has, and its answer never comes; the answer is passed on. */
export type Moment = 'before' | 'asked' | 'answered';

export interface Trap {
  readonly words: RegExp;
  readonly moment: Moment;
  /** So many are let through first. */
  readonly skip: number;
  /** After the answer was passed on. */
  readonly delayMs: number;
  readonly spring: () => void;
}

/**
 * `half-open`: connections stay, nothing comes through. `cut`: what certain words ask for is done, and the connection breaks instead
 * of an answer.
 */
export type Weather = 'fair' | 'down' | 'half-open' | 'slow' | 'cut';

const SLOW_MS = 1500;

/** Stands before a target: tells when something is asked of it, and makes the weather on the way there. */
export class TargetProxy {
  readonly #dial: () => Duplex;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #trap: Trap | undefined;
  #skipped = 0;
  #weather: Weather = 'fair';
  #cutAt: RegExp | undefined;

  private constructor(dial: () => Duplex) {
    this.#dial = dial;
    this.#server = createServer((near) => this.#join(near));
  }

  static async start(dial: () => Duplex): Promise<TargetProxy> {
    const proxy = new TargetProxy(dial);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Springs once, when the words go to the target. */
  set(trap: Trap | undefined): void {
    this.#trap = trap;
    this.#skipped = 0;
  }

  /** @param cutAt with `cut`: the words */
  change(weather: Weather, cutAt?: RegExp): void {
    this.#weather = weather;
    this.#cutAt = weather === 'cut' ? cutAt : undefined;
    if (weather === 'down') for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket): void {
    if (this.#weather === 'down') return void near.destroy();
    const far = this.#dial();
    let answer: ((bytes: Buffer) => void) | undefined;
    near.on('data', (bytes: Buffer) => {
      const trap = this.#sprung(bytes);
      if (trap?.moment === 'before') return trap.spring();
      this.#pass(bytes, far);
      if (this.#cutAt?.test(bytes.toString('latin1'))) answer = () => near.destroy();
      if (trap?.moment === 'asked') {
        answer = () => undefined;
        setImmediate(trap.spring);
      }
      if (trap?.moment === 'answered') {
        answer = (said) => near.write(said, () => setTimeout(trap.spring, trap.delayMs));
      }
    });
    far.on('data', (bytes: Buffer) => {
      if (answer !== undefined) return answer(bytes);
      this.#pass(bytes, near);
    });
    this.#closeTogether(near, far);
  }

  #sprung(bytes: Buffer): Trap | undefined {
    const trap = this.#trap;
    if (trap === undefined || !trap.words.test(bytes.toString('latin1'))) return undefined;
    if (this.#skipped++ < trap.skip) return undefined;
    this.#trap = undefined;
    return trap;
  }

  #pass(bytes: Buffer, into: Duplex): void {
    if (this.#weather === 'half-open') return;
    if (this.#weather !== 'slow') return void into.write(bytes);
    setTimeout(() => into.writable && into.write(bytes), SLOW_MS);
  }

  /** What was sent arrives, even if the sender has died since. */
  #closeTogether(near: Duplex, far: Duplex): void {
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => other.end());
      from.on('close', () => {
        this.#sockets.delete(from);
        other.end();
      });
    }
  }
}
