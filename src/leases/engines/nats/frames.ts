import type { Socket } from 'node:net';

const LONGEST_LINE = 64 * 1024;
const LONGEST_FRAME = 8 * 1024 * 1024;

/** One message of the protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol */
export interface Frame {
  /** `INFO`, `PONG`, `-ERR`, `MSG`, … */
  readonly verb: string;
  /** What stands behind it in its line. */
  readonly words: string;
  readonly payload: Buffer;
}

const NONE = Buffer.alloc(0);

/** What a server says, frame by frame. */
export class FrameReader {
  readonly #socket: Socket;
  #bytes: Buffer = NONE;
  #failure: Error | undefined;
  #heard = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#take);
    socket.on('error', this.#fail);
    socket.on('close', this.#end);
  }

  /** @throws Error when the connection has ended */
  async next(): Promise<Frame> {
    for (;;) {
      const taken = takeFrame(this.#bytes);
      if (taken !== undefined) {
        this.#bytes = taken.rest;
        return taken.frame;
      }
      if (this.#failure !== undefined) throw this.#failure;
      this.#heard = Promise.withResolvers();
      await this.#heard.promise;
    }
  }

  /** Leaves what comes to somebody else. */
  detach(): void {
    this.#socket.off('data', this.#take);
  }

  readonly #take = (bytes: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.length > LONGEST_FRAME) this.#socket.destroy(new Error('the server says too much'));
    this.#heard.resolve();
  };

  readonly #fail = (error: Error): void => {
    this.#failure ??= error;
    this.#heard.resolve();
  };

  readonly #end = (): void => this.#fail(new Error('the connection was closed'));
}

/** The first frame of these bytes, if all of it is there. @throws Error for what is no frame */
export function takeFrame(bytes: Buffer): { readonly frame: Frame; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n');
  if (end === -1) {
    if (bytes.length > LONGEST_LINE) throw new Error('the server speaks another protocol');
    return undefined;
  }
  const line = bytes.toString('utf8', 0, end);
  const verb = (line.split(/[ \t]/, 1)[0] ?? '').toUpperCase();
  const words = line.slice(verb.length).trim();
  const begin = end + 2;
  if (verb !== 'MSG' && verb !== 'HMSG') return { frame: { verb, words, payload: NONE }, rest: bytes.subarray(begin) };
  const size = Number(words.split(/\s+/).at(-1));
  if (!Number.isSafeInteger(size) || size < 0 || size > LONGEST_FRAME) throw new Error('the server speaks another protocol');
  if (bytes.length < begin + size + 2) return undefined;
  const payload = Buffer.from(bytes.subarray(begin, begin + size));
  return { frame: { verb, words, payload }, rest: bytes.subarray(begin + size + 2) };
}
