import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { limits } from '../../foundation/bounds.ts';
import { isWatchwordError } from '../../foundation/errors.ts';
import { BodyReader } from './body-reader.ts';

function incoming(headers: Readonly<Record<string, string>> = {}): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers }) as never;
}

const copy = (bytes: Buffer) => bytes.toString();
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'taken',
    (error: unknown) => (isWatchwordError(error) ? error.code : error),
  );

describe('reading bodies', () => {
  it('joins what came, and zeroes every piece afterwards', async () => {
    const request = incoming();
    const pieces = [Buffer.from('{"a":'), Buffer.from('"secret"}')];
    let whole: Buffer | undefined;
    const read = new BodyReader().read(request, (bytes) => {
      whole = bytes;
      return copy(bytes);
    });
    for (const piece of pieces) request.write(piece);
    request.end();
    expect(await read).toBe('{"a":"secret"}');
    for (const piece of [...pieces, whole ?? Buffer.from('x')]) expect(piece.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses what is announced as too large without taking any of it', async () => {
    const request = incoming({ 'content-length': String(limits.bodyBytes + 1) });
    expect(await code(new BodyReader().read(request, copy))).toBe('request.too-large');
  });

  it('holds no more than its share over all requests, and takes on once there is room', async () => {
    const reader = new BodyReader(100);
    const first = incoming();
    const held = reader.read(first, copy);
    first.write(Buffer.alloc(80, 'a'));
    await new Promise(setImmediate);
    const second = incoming();
    const refused = code(reader.read(second, copy));
    second.end(Buffer.alloc(40, 'b'));
    expect(await refused).toBe('request.limited');
    first.end();
    expect((await held).length).toBe(80);
    const third = incoming();
    const taken = code(reader.read(third, copy));
    third.end(Buffer.alloc(90, 'c'));
    expect(await taken).toBe('taken');
  });

  it('forgets a request whose client went away', async () => {
    const reader = new BodyReader(100);
    const request = incoming();
    const read = code(reader.read(request, copy));
    request.write(Buffer.alloc(90));
    await new Promise(setImmediate);
    request.destroy(new Error('aborted'));
    expect(await read).toBe('request.malformed');
    const next = incoming();
    const taken = code(reader.read(next, copy));
    next.end(Buffer.alloc(100));
    expect(await taken).toBe('taken');
  });
});
