import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { limits } from '../../foundation/bounds.ts';
import { isWatchwordError } from '../../foundation/errors.ts';
import { type BodyBounds, BodyReader } from './body-reader.ts';

function incoming(headers: Readonly<Record<string, string>> = {}): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers }) as never;
}

/** Bounds in pieces of at most 100 bytes. */
const pieces = (count: number) => count * 612;
const bounds = (more: Partial<BodyBounds> = {}) => ({
  held: pieces(100),
  heldForStrangers: pieces(100),
  small: pieces(10),
  ...more,
});
const known = async () => true;
const stranger = async () => false;
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
    const read = new BodyReader().read(request, stranger, (bytes) => {
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
    expect(await code(new BodyReader().read(request, known, copy))).toBe('request.too-large');
  });

  it('holds no more than its share over all requests, and takes on once there is room', async () => {
    const reader = new BodyReader(bounds({ held: pieces(1), small: 0 }));
    const first = incoming();
    const held = reader.read(first, known, copy);
    first.write(Buffer.alloc(80, 'a'));
    await new Promise(setImmediate);
    const second = incoming();
    const refused = code(reader.read(second, known, copy));
    second.end(Buffer.alloc(40, 'b'));
    expect(await refused).toBe('request.limited');
    first.end();
    expect((await held)?.length).toBe(80);
    const third = incoming();
    const taken = code(reader.read(third, known, copy));
    third.end(Buffer.alloc(90, 'c'));
    expect(await taken).toBe('taken');
  });

  it('does not keep a small one waiting for the large ones', async () => {
    const reader = new BodyReader(bounds({ held: pieces(20) }));
    const large = incoming();
    const held = reader.read(large, known, copy);
    for (let i = 0; i < 20; i++) large.write(Buffer.alloc(100, 'a'));
    await new Promise(setImmediate);
    const small = incoming();
    const taken = reader.read(small, known, copy);
    small.end('b');
    expect(await taken).toBe('b');
    large.end();
    expect((await held)?.length).toBe(2000);
  });

  it('forgets a request whose client went away', async () => {
    const reader = new BodyReader(bounds({ held: pieces(1), small: 0 }));
    const request = incoming();
    const read = code(reader.read(request, known, copy));
    request.write(Buffer.alloc(90));
    await new Promise(setImmediate);
    request.destroy(new Error('aborted'));
    expect(await read).toBe('request.malformed');
    const next = incoming();
    const taken = code(reader.read(next, known, copy));
    next.end(Buffer.alloc(100));
    expect(await taken).toBe('taken');
  });
});

describe('a sender of much', () => {
  const send = (request: PassThrough, count: number, size = 100) => {
    for (let i = 0; i < count; i++) request.write(Buffer.alloc(size, 'a'));
    request.end();
  };

  it('is asked for once, and only then', async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return true;
    };
    const reader = new BodyReader(bounds());
    for (const [count, times] of [
      [10, 0],
      [30, 1],
    ] as const) {
      const request = incoming();
      const read = reader.read(request, ask, (bytes) => bytes.length);
      send(request, count);
      expect([await read, asked]).toEqual([count * 100, times]);
    }
  });

  it('is not read to the end while nobody knows it', async () => {
    const request = incoming();
    let parsed = false;
    const read = new BodyReader(bounds()).read(request, stranger, () => {
      parsed = true;
    });
    send(request, 30);
    expect([await read, parsed]).toEqual([undefined, false]);
  });

  it('cannot take by very small pieces what it may not take by large ones', async () => {
    const request = incoming();
    const read = new BodyReader(bounds()).read(request, stranger, copy);
    send(request, 12, 1);
    expect(await read).toBe(undefined);
  });

  it('is asked for early when strangers hold much together, and leaves room when it is known', async () => {
    const reader = new BodyReader(bounds({ heldForStrangers: pieces(3) }));
    const slow = incoming();
    const held = reader.read(slow, stranger, copy);
    for (let i = 0; i < 3; i++) slow.write(Buffer.alloc(100, 'a'));
    await new Promise(setImmediate);
    for (const [ask, result] of [
      [stranger, undefined],
      [known, 'bb'],
    ] as const) {
      const request = incoming();
      const read = reader.read(request, ask, copy);
      request.end('bb');
      expect(await read).toBe(result);
    }
    slow.end();
    expect((await held)?.length).toBe(300);
  });

  it('fails with the question', async () => {
    const request = incoming();
    const read = new BodyReader(bounds()).read(request, () => Promise.reject(new Error('no answer')), copy);
    send(request, 30);
    await expect(read).rejects.toThrow('no answer');
  });
});
