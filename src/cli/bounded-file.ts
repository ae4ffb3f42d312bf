import { createReadStream } from 'node:fs';
import { WatchwordError } from '../foundation/errors.ts';

const MIB = 1024 * 1024;

/** What one request may carry, and so the most that is worth reading. */
const MAX_INPUT = 32 * MIB;

/**
 * The content of a file, which may be a device or a pipe without an end.
 * @throws WatchwordError `request.too-large` once there is more than `limit` bytes
 */
export async function readBounded(path: string, limit: number = MAX_INPUT): Promise<Buffer> {
  try {
    return await collectBounded(createReadStream(path, { end: limit }), path, limit);
  } catch (error) {
    // Reading, unlike opening, does not say of which file it failed.
    if (error instanceof Error && 'syscall' in error && !('path' in error)) Object.assign(error, { path });
    throw error;
  }
}

/** @throws WatchwordError `request.too-large` once there is more than `limit` bytes */
export async function collectBounded(source: AsyncIterable<Buffer>, what: string, limit: number = MAX_INPUT): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit) throw new WatchwordError('request.too-large', `${what} holds more than ${limit / MIB} MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
