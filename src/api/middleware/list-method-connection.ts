import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { findListMethod, type ListMethod, matchMethod } from './list-method-head.ts';
import type { ClientError, RefuseClient } from './list-method-refusal.ts';

type Listener = (...parameters: unknown[]) => void;
type Settings = Pick<Server, 'timeout' | 'maxRequestsPerSocket'>;

interface Refused {
  readonly method: ListMethod;
  /** From the first byte of the method on. */
  readonly bytes: Buffer;
}

/** What http's connection listener puts on the socket itself, to notice who else reads from it. */
const OVERRIDES = ['on', 'addListener', 'prependListener', 'setEncoding'];

/** One connection: notices a refused LIST or SCAN and gives the connection to Node's HTTP layer anew. */
export class ListMethodConnection {
  readonly #socket: Socket;
  readonly #settings: Settings;
  readonly #connectHttp: () => void;
  /** Responses under way. */
  #open = 0;
  /** Every request before this one has arrived whole, since the parser has gone on. */
  #latest: ServerResponse | undefined;
  #listeners: (readonly [string | symbol, Listener])[] = [];
  /** The method is not complete yet. */
  #refused: Refused | undefined;
  /** The method is complete and waits, with all that follows, for the earlier answers. */
  #waiting: ListMethod | undefined;
  #announced: ListMethod | undefined;
  #refuseLater: (() => void) | undefined;
  #requests = 0;
  #takenOver = false;

  constructor(socket: Socket, settings: Settings, connectHttp: () => void) {
    this.#socket = socket;
    this.#settings = settings;
    this.#connectHttp = connectHttp;
  }

  /** True once the connection has had all the requests that the server allows it. */
  get #spent(): boolean {
    const most = this.#settings.maxRequestsPerSocket ?? 0;
    return most > 0 && this.#requests >= most;
  }

  /** Lets Node's HTTP layer serve the socket, and remembers which listeners are its own. */
  start(): void {
    const socket = this.#socket;
    const before = new Map(socket.eventNames().map((name) => [name, new Set(socket.rawListeners(name))]));
    this.#connectHttp();
    this.#listeners = socket.eventNames().flatMap((name) =>
      socket
        .rawListeners(name)
        .filter((listener) => before.get(name)?.has(listener) !== true)
        .map((listener) => [name, listener as Listener] as const),
    );
  }

  /** Every request passes here before any handler sees it. */
  received(request: IncomingMessage, response: ServerResponse): void {
    this.#open += 1;
    this.#latest = response;
    response.on('close', this.#closed);
    if (this.#announced !== undefined && request.method === this.#announced.disguise) request.method = this.#announced.name;
    this.#announced = undefined;
    this.#requests += 1;
    // Node counts anew after a takeover.
    if (this.#takenOver && this.#spent) response.shouldKeepAlive = false;
  }

  /** True when the error is a LIST or SCAN that will be served, or may still become one. */
  takes({ code, rawPacket, bytesParsed }: ClientError): boolean {
    // The head was refused long ago: how long the earlier answers take is not the client's doing.
    if (this.#waiting !== undefined && code === 'ERR_HTTP_REQUEST_TIMEOUT') return true;
    if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined || bytesParsed === undefined || this.#spent) return false;
    const refused = this.#refused === undefined ? firstRefused(rawPacket, bytesParsed) : continued(this.#refused, rawPacket);
    if (refused === undefined) return false;
    const match = matchMethod(refused.bytes, refused.method);
    if (match === 'yes') this.#wait(refused);
    else this.#refused = refused;
    return match !== 'no';
  }

  /**
   * Lets earlier requests that arrived whole have their answers first; then `refuse` ends the connection.
   * It is told whether part of an answer may have been sent already.
   */
  refuse(error: ClientError, refuse: RefuseClient): void {
    const latest = this.#latest;
    if (latest === undefined || this.#open === 0 || !this.#socket.writable || !latest.req.complete) {
      refuse(error, this.#socket, this.#open > 1 || (this.#open === 1 && latest?.headersSent === true));
      return;
    }
    this.#socket.pause();
    this.#refuseLater ??= () => refuse(error, this.#socket, false);
  }

  /** Emitted once for every response. */
  readonly #closed = (): void => {
    this.#open -= 1;
    if (this.#open === 0) this.#answered();
  };

  #answered(): void {
    if (this.#refuseLater === undefined) {
      if (this.#waiting !== undefined) this.#takeOver(this.#waiting);
    } else if (this.#socket.writable) this.#refuseLater();
  }

  /** Keeps what follows unread in the socket, where Node bounds it and where it also keeps the end of the stream back. */
  #wait({ method, bytes }: Refused): void {
    const socket = this.#socket;
    this.#refused = undefined;
    this.#waiting = method;
    this.#removeListeners('data');
    this.#removeListeners('end');
    socket.pause();
    // http lets go of the socket's bytes when somebody else listens.
    socket.on('data', this.#putBack);
    bytes.write(method.disguise, 0, 'latin1');
    socket.unshift(bytes);
    // Not at once: the parser that will be given back is still running.
    if (this.#open === 0) process.nextTick(() => this.#takeOver(method));
  }

  /** An earlier request may let the socket flow again, for instance when its body was not read to the end. */
  readonly #putBack = (chunk: Buffer): void => {
    this.#socket.pause();
    this.#socket.unshift(chunk);
  };

  #removeListeners(event?: string): void {
    for (const [name, listener] of this.#listeners) {
      if (event === undefined || event === name) this.#socket.removeListener(name, listener);
    }
  }

  #takeOver(method: ListMethod): void {
    const socket = this.#socket;
    this.#waiting = undefined;
    // An earlier response may have ended the connection.
    if (socket.destroyed || !socket.writable) return;
    socket.removeListener('data', this.#putBack);
    // Its own listener for `close` gives the parser back.
    for (const [name, listener] of this.#listeners) if (name === 'close') listener.call(socket);
    this.#removeListeners();
    for (const name of OVERRIDES) Reflect.deleteProperty(socket, name);
    // The time limit may still be that of an idle connection.
    socket.setTimeout(this.#settings.timeout);
    // Neither paused nor flowing, as a new socket is.
    Reflect.set(socket, 'readableFlowing', null);
    this.#announced = method;
    this.#takenOver = true;
    this.start();
  }
}

function firstRefused(packet: Buffer, refusedAt: number): Refused | undefined {
  const found = findListMethod(packet, refusedAt);
  return found && { method: found.method, bytes: Buffer.from(packet.subarray(found.start)) };
}

/** The parser refuses everything after its first error: this packet follows the ones before. */
function continued({ method, bytes }: Refused, packet: Buffer): Refused {
  return { method, bytes: Buffer.concat([bytes, packet]) };
}
