import type { IncomingMessage } from 'node:http';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';

export interface BodyBounds {
  /** Bytes of bodies held at the same time, beyond which no large one goes on: small ones are not kept waiting by them. */
  readonly held: number;
  /** Bytes held at the same time for senders of whom nobody has said that they are known. */
  readonly heldForStrangers: number;
  /** A body up to here is small. A larger one is taken from known senders only. */
  readonly small: number;
}

const BOUNDS: BodyBounds = { held: 8 * limits.bodyBytes, heldForStrangers: limits.bodyBytes, small: 64 * 1024 };
/** Counted for each piece beside its bytes: a body sent byte by byte takes far more memory than it has bytes. */
const PIECE_BYTES = 512;

/** Says whether the sender of a request is known. Asked at most once for each, and only when much is sent. */
export type AskSender = () => Promise<boolean>;

/** One body on its way. */
interface Body {
  readonly chunks: Buffer[];
  size: number;
  held: number;
  known: boolean;
}

/**
 * Reads the bodies of all requests, in bounded memory. Reading, and what a parser then costs, comes before the door; so whoever
 * sends more than a little must be known first.
 */
export class BodyReader {
  readonly #bounds: BodyBounds;
  #held = 0;
  #heldForStrangers = 0;

  constructor(bounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /**
   * Hands a whole body of at most {@link limits.bodyBytes} to `parse`, and zeroes it afterwards; undefined when it was too much
   * for a stranger. What is not taken is read and dropped, so that the client gets to read the answer.
   * @throws WatchwordError `request.too-large`; `request.limited` for a large one while too much is held for others;
   * `request.malformed` when the client went away; whatever `parse` throws
   */
  async read<Parsed>(
    request: IncomingMessage,
    isKnown: AskSender,
    parse: (bytes: Buffer) => Parsed,
  ): Promise<Parsed | undefined> {
    if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) {
      request.resume();
      throw new WatchwordError('request.too-large');
    }
    const body: Body = { chunks: [], size: 0, held: 0, known: false };
    const { chunks } = body;
    try {
      if (!(await this.#collect(request, body, isKnown))) return undefined;
      const bytes = chunks[0] !== undefined && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, body.size);
      try {
        return parse(bytes);
      } finally {
        bytes.fill(0);
      }
    } finally {
      this.#held -= body.held;
      if (!body.known) this.#heldForStrangers -= body.held;
      for (const chunk of chunks) chunk.fill(0);
    }
  }

  /** Resolves with false when the rest was left because the sender is a stranger. */
  #collect(request: IncomingMessage, body: Body, isKnown: AskSender): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let over = false;
      let asked = false;
      const stop = () => {
        over = true;
        request.off('data', take);
        request.resume();
      };
      const refuse = (error: WatchwordError) => {
        stop();
        reject(error);
      };
      const ask = async () => {
        asked = true;
        request.pause();
        const known = await isKnown();
        if (over) return;
        if (known) {
          this.#makeKnown(body);
          request.resume();
        } else {
          stop();
          resolve(false);
        }
      };
      const take = (chunk: Buffer) => {
        this.#hold(body, chunk);
        if (body.size > limits.bodyBytes) refuse(new WatchwordError('request.too-large'));
        else if (this.#held > this.#bounds.held && body.held > this.#bounds.small) {
          refuse(new WatchwordError('request.limited', 'too many large requests at the same time', { retryAfter: 1 }));
        } else if (!asked && this.#isMuch(body)) ask().catch(refuse);
      };
      request.on('data', take);
      request.once('end', () => resolve(true));
      request.once('error', () => refuse(new WatchwordError('request.malformed', 'the request ended before its body')));
    });
  }

  #hold(body: Body, chunk: Buffer): void {
    const cost = chunk.length + PIECE_BYTES;
    body.chunks.push(chunk);
    body.size += chunk.length;
    body.held += cost;
    this.#held += cost;
    if (!body.known) this.#heldForStrangers += cost;
  }

  #isMuch({ known, held }: Body): boolean {
    const { small, heldForStrangers } = this.#bounds;
    return !known && (held > small || this.#heldForStrangers > heldForStrangers);
  }

  #makeKnown(body: Body): void {
    body.known = true;
    this.#heldForStrangers -= body.held;
  }
}
