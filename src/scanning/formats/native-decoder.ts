import type { Duplex } from 'node:stream';
import { createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { NotScannable } from '../content.ts';

/** From compressed chunks to plain ones. Gives everything that comes before a fault. @throws NotScannable for damage */
export type Decode = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Bytes given to the decoder at a time: what is lost before a fault is at most what these expand to beyond `QUEUE`. */
const FEED = 16 * 1024;
/** Decoded bytes that may wait to be taken. */
const QUEUE = 16 * 1024 * 1024;

const options = { chunkSize: 128 * 1024 };

/** RFC 1952, of any number of members. */
export const gunzip: Decode = (chunks) => decoded(chunks, createGunzip(options), 'gzip');
/** RFC 1951. */
export const inflate: Decode = (chunks) => decoded(chunks, createInflateRaw(options), 'deflate');
/** RFC 1950. */
export const inflateZlib: Decode = (chunks) => decoded(chunks, createInflate(options), 'zlib');
/** RFC 8878, one frame. */
export const unzstdFrame: Decode = (chunks) => decoded(chunks, createZstdDecompress(options), 'zstd');

/**
 * A decoder of `node:zlib`, read by its events: its iterator forgets what waits in its buffer when it comes upon damage, and what
 * was good is to be scanned.
 */
async function* decoded(chunks: AsyncIterable<Uint8Array>, decoder: Duplex, what: string): AsyncGenerator<Uint8Array> {
  let queue: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let fault: unknown;
  let wake = (): void => {};
  decoder.on('data', (chunk: Uint8Array) => {
    queue.push(chunk);
    waiting += chunk.length;
    if (waiting > QUEUE) decoder.pause();
    wake();
  });
  const finish = (error?: unknown): void => {
    fault ??= error;
    ended = true;
    wake();
  };
  decoder.on('end', () => finish());
  decoder.on('error', (error) => finish(damaged(error, what)));
  const fed = feed(chunks, decoder).catch(finish);
  try {
    for (;;) {
      const ready = queue;
      queue = [];
      waiting = 0;
      yield* ready;
      if (queue.length > 0) continue;
      if (ended) break;
      const more = new Promise<void>((resolve) => {
        wake = resolve;
      });
      decoder.resume();
      await more;
    }
    if (fault !== undefined) throw fault;
  } finally {
    decoder.destroy();
    await fed;
  }
}

async function feed(chunks: AsyncIterable<Uint8Array>, decoder: Duplex): Promise<void> {
  let settle = (): void => {};
  decoder.once('close', () => settle());
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += FEED) {
      if (decoder.destroyed) return;
      await new Promise<void>((resolve) => {
        settle = resolve;
        decoder.write(chunk.subarray(from, from + FEED), () => resolve());
      });
    }
  }
  if (!decoder.destroyed) decoder.end();
}

function damaged(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return new NotScannable(`the ${what} data end too early`);
  if (
    code.startsWith('Z_') ||
    code.startsWith('ZSTD_') ||
    code.startsWith('ERR_ZSTD') ||
    code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END'
  )
    return new NotScannable(`the ${what} data are damaged (${code})`);
  return error;
}
