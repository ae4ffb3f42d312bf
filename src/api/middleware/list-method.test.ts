import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { echo, startServer } from './testing/list-method-server.ts';

const request = (method: string, target = '/x', body = '', extra = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: h\r\n${extra}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

const chunked = (method: string, ...chunks: string[]) =>
  `${method} /chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;

/** Where a packet must not end: the parser has then thrown away what it read of the method. */
const lostBytes = new Map([
  ['LIST', [1, 2]],
  ['SCAN', [1]],
]);

describe.each(['tcp', 'tls'] as const)('over %s', (transport) => {
  /** What the server answers to these packets on one connection. */
  async function answers(count: number, ...packets: string[]) {
    await using server = await startServer(transport);
    const client = await server.connect();
    await client.send(...packets);
    return await client.responses(count);
  }

  test.each(['LIST', 'SCAN'])('%s as the first request is served', async (method) => {
    expect(await answers(1, request(method))).toEqual([`${method} /x 0`]);
  });

  test('methods alternate on a kept connection', async () => {
    await using server = await startServer(transport);
    const client = await server.connect();
    for (const method of ['GET', 'LIST', 'LIST', 'POST', 'SCAN', 'GET', 'DELETE', 'LIST', 'SCAN', 'PUT']) {
      await client.send(request(method, `/${method}`));
      expect(await client.responses(1)).toEqual([`${method} /${method} 0`]);
    }
  });

  test('300 mixed requests on one connection leave no listener behind', async () => {
    await using server = await startServer(transport);
    const sockets: import('node:net').Socket[] = [];
    server.server.on('request', ({ socket }) => sockets.push(socket));
    const client = await server.connect();
    const count = (socket = sockets[0]) => socket?.eventNames().map((name) => [name, socket.listenerCount(name)]);
    const methods = ['GET', 'LIST', 'SCAN', 'POST', 'LIST'];
    let after = '';
    for (let number = 0; number < 300; number++) {
      const method = methods[number % methods.length] ?? '';
      await client.send(request(method, `/${number}`, number % 3 === 0 ? 'LIST x' : ''));
      expect(await client.responses(1)).toEqual([`${method} /${number} ${number % 3 === 0 ? 6 : 0}`]);
      if (number === 10) after = JSON.stringify(count());
    }
    expect(JSON.stringify(count())).toBe(after);
    expect(new Set(sockets).size).toBe(1);
  });

  test('a pipeline is answered in its order, also when an earlier response is slow', async () => {
    const packet = request('GET', '/slow') + request('LIST', '/list') + request('GET', '/last');
    expect(await answers(3, packet)).toEqual(['GET /slow 0', 'LIST /list 0', 'GET /last 0']);
  });

  test('what arrives while an earlier response is slow is served after it', async () => {
    const packets = [
      request('GET', '/slow') + request('LIST', '/a'),
      request('SCAN', '/b', 'x'.repeat(2000)),
      request('GET', '/c'),
    ];
    expect(await answers(4, ...packets)).toEqual(['GET /slow 0', 'LIST /a 0', 'SCAN /b 2000', 'GET /c 0']);
  });

  test('LIST is pipelined three times', async () => {
    const packet = request('LIST', '/1') + request('LIST', '/slow2') + request('LIST', '/3');
    expect(await answers(3, packet)).toEqual(['LIST /1 0', 'LIST /slow2 0', 'LIST /3 0']);
  });

  test('a LIST inside a body is only a body', async () => {
    const packet = chunked('POST', 'LIST ', request('LIST')) + request('POST', '/p', request('LIST')) + request('LIST', '/l');
    expect(await answers(3, packet)).toEqual([
      `POST /chunked ${5 + request('LIST').length}`,
      `POST /p ${request('LIST').length}`,
      'LIST /l 0',
    ]);
  });

  test('LIST carries a body of a length and in chunks', async () => {
    const packet = request('LIST', '/l', 'GET / HTTP/1.1') + chunked('SCAN', 'abc', 'LIST /') + request('GET');
    expect(await answers(3, packet)).toEqual(['LIST /l 14', 'SCAN /chunked 9', 'GET /x 0']);
  });

  test('an unread body of 200 KB before and in a LIST does no harm', async () => {
    const body = 'L'.repeat(200_000);
    const packets = [request('POST', '/unread', body) + request('LIST', '/unread', body) + request('LIST', '/l')];
    expect(await answers(3, ...packets)).toEqual(['POST /unread -1', 'LIST /unread -1', 'LIST /l 0']);
  });

  test('Expect: 100-continue is answered, any other expectation refused, and the next request is not mistaken', async () => {
    await using server = await startServer(transport);
    const client = await server.connect();
    await client.send(request('LIST', '/e', '', 'Expect: 100-continue\r\nContent-Length: 2\r\n'));
    expect((await client.response())?.status).toBe(100);
    await client.send('ok');
    expect(await client.responses(1)).toEqual(['LIST /e 2']);
    await client.send(request('LIST', '/e', '', 'Expect: the-best\r\n') + request('LINK') + request('GET') + request('LIST'));
    expect(await client.responses(4)).toEqual(['417', '405', 'GET /x 0', 'LIST /x 0']);
  });

  test('a client that has ended its side still gets the answer', async () => {
    const answer: typeof echo = (incoming, response) => {
      response.writeHead(200, { 'Content-Length': 4 }).end(incoming.method?.padEnd(4, '.'));
    };
    await using server = await startServer(transport, answer);
    const client = await server.connect();
    client.socket.end(request('GET') + request('LIST'));
    expect(await client.responses(2)).toEqual(['GET', 'LIST']);
  });

  test('Connection: close closes after the answer, whatever was pipelined behind it', async () => {
    await using server = await startServer(transport);
    const first = await server.connect();
    await first.send(request('LIST', '/l', '', 'Connection: close\r\n'));
    expect(await first.rest()).toEqual(['LIST /l 0']);
    const second = await server.connect();
    await second.send(request('GET', '/g', '', 'Connection: close\r\n') + request('LIST'));
    expect(await second.rest()).toEqual(['GET /g 0']);
  });

  test('a head that does not arrive in time gets 408', async () => {
    const options = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 30 };
    await using server = await startServer(transport, echo, options);
    for (const start of ['LIS', 'LIST /x HTTP/1.1\r\nHo']) {
      const client = await server.connect();
      await client.send(request('LIST'), start);
      expect(await client.rest()).toEqual(['LIST /x 0', '408']);
    }
  });

  test('a slow answer to LIST outlives the time that an idle connection is kept', async () => {
    const slowly: typeof echo = async (incoming, response) => {
      if (incoming.method === 'LIST') await delay(300);
      response.writeHead(200, { 'Content-Length': 4 }).end((incoming.method ?? '').padEnd(4));
    };
    await using server = await startServer(transport, slowly, { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 20 } as object);
    const client = await server.connect();
    await client.send(request('GET'));
    expect(await client.responses(1)).toEqual(['GET ']);
    await client.send(request('LIST'));
    expect(await client.rest()).toEqual(['LIST']);
  });

  test('close() lets a LIST end and the connection go', async () => {
    await using server = await startServer(transport, echo, { keepAliveTimeout: 100 });
    const client = await server.connect();
    await client.send(request('LIST', '/slow'));
    await delay(10);
    server.server.close();
    expect(await client.rest()).toEqual(['LIST /slow 0']);
  });

  test('a genuine LINK or LOCK is no LIST', async () => {
    expect(await answers(4, request('LINK') + request('LOCK') + request('LIST') + request('LINK'))).toEqual([
      '405',
      '405',
      'LIST /x 0',
      '405',
    ]);
  });

  test.each([
    'LISP',
    'LISTX',
    'list',
    'List',
    'SCAM',
    'SCANS',
    'scan',
    'GEST',
    'XLIST',
    'UNLIST',
    'POSCAN',
    'OPTIONSCAN',
    'LI',
    ' LIST',
  ])('%s gets 400, and the connection ends', async (method) => {
    await using server = await startServer(transport);
    for (const packet of [request(method), request('GET') + request(method), request('LIST') + request(method)]) {
      const client = await server.connect();
      await client.send(packet + request('GET'));
      expect((await client.rest()).at(-1)).toBe('400');
    }
  });

  test.each([
    ['LIST', 3],
    ['SCAN', 2],
  ] as const)('%s may be split anywhere from byte %i on, and before that gets 400', async (method, from) => {
    await using server = await startServer(transport);
    const text = request(method);
    for (let at = 1; at < text.length; at++) {
      const client = await server.connect();
      await client.send(text.slice(0, at), text.slice(at));
      expect(await client.responses(1), `split at ${at}`).toEqual([at < from ? '400' : `${method} /x 0`]);
      client.socket.destroy();
    }
  });

  test('byte by byte after the first three', async () => {
    const text = request('LIST', '/l', 'body');
    expect(await answers(2, text.slice(0, 3), ...text.slice(3), request('GET'))).toEqual(['LIST /l 4', 'GET /x 0']);
  });

  test('maxRequestsPerSocket counts across takeovers', async () => {
    await using server = await startServer(transport);
    server.server.maxRequestsPerSocket = 3;
    const first = await server.connect();
    await first.send(request('GET') + request('LIST') + request('SCAN') + request('GET') + request('LIST'));
    expect(await first.rest()).toEqual(['GET /x 0', 'LIST /x 0', 'SCAN /x 0']);
    const second = await server.connect();
    await second.send(request('GET') + request('GET') + request('GET') + request('LIST'));
    expect(await second.rest()).toEqual(['GET /x 0', 'GET /x 0', 'GET /x 0', '400']);
  });

  test('Upgrade and CONNECT work after a LIST, and their bytes are left alone', async () => {
    await using server = await startServer(transport);
    const taken: string[] = [];
    for (const event of ['upgrade', 'connect'] as const) {
      server.server.on(event, (incoming, socket, head) => {
        taken.push(`${incoming.method} ${head}`);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone');
        socket.on('data', (chunk: Buffer) => {
          taken.push(chunk.toString());
          socket.end();
        });
      });
    }
    for (const start of [request('GET', '/u', '', 'Connection: upgrade\r\nUpgrade: x\r\n'), request('CONNECT', 'h:1')]) {
      const client = await server.connect();
      await client.send(request('LIST'));
      expect(await client.responses(1)).toEqual(['LIST /x 0']);
      await client.send(`${start}LIST x`);
      expect(await client.responses(1)).toEqual(['done']);
      await client.send('LIST y');
      expect(await client.rest()).toEqual([]);
    }
    expect(taken).toEqual(['GET LIST x', 'LIST y', 'CONNECT LIST x', 'LIST y']);
  });

  test('a LIST that asks for an upgrade nobody offers is served as a LIST', async () => {
    expect(await answers(1, request('LIST', '/u', '', 'Connection: upgrade\r\nUpgrade: x\r\n'))).toEqual(['LIST /u 0']);
  });

  test('a client that sends a long pipeline before it reads gets every answer in order', async () => {
    await using server = await startServer(transport);
    const client = await server.connect();
    client.socket.pause();
    const methods = Array.from({ length: 60 }, (_, number) => ['GET', 'LIST', 'GET', 'SCAN', 'POST'][number % 5] ?? '');
    client.socket.write(methods.map((method) => request(method, '/big', method === 'POST' ? 'b'.repeat(70_000) : '')).join(''));
    await delay(100);
    client.socket.resume();
    expect(await client.responses(60)).toEqual(methods.map((method) => `${method} /big ${method === 'POST' ? 70_000 : 0}`));
  });

  test('a client that floods a connection while a LIST waits is not buffered without bound', async () => {
    let release = () => {};
    const held: typeof echo = async (incoming, response) => {
      if (incoming.url === '/held') await new Promise<void>((resolve) => (release = resolve));
      response.writeHead(200, { 'Content-Length': 2 }).end('ok');
    };
    await using server = await startServer(transport, held);
    const sockets: import('node:net').Socket[] = [];
    server.server.on('connection', (socket) => sockets.push(socket));
    const client = await server.connect();
    await client.send(request('GET', '/held') + request('LIST'));
    client.socket.write('x'.repeat(16 * 1024 * 1024));
    await delay(150);
    expect(sockets[0]?.bytesRead).toBeLessThan(2 * 1024 * 1024);
    release();
    expect(await client.rest()).toEqual(['ok', 'ok', '400']);
  });

  const message = fc.oneof(
    fc.constantFrom('GET', 'LIST', 'SCAN').map((method) => ({ method, text: request(method, '/m'), said: `${method} /m 0` })),
    fc
      .constantFrom('LIST', 'SCAN', 'GET')
      .map((method) => ({ method, text: request(method, '/slow'), said: `${method} /slow 0` })),
    fc
      .record({
        method: fc.constantFrom('POST', 'LIST', 'SCAN'),
        body: fc.constantFrom('{"LIST /":1}', 'SCAN / HTTP/1.1\r\n\r\n', 'x'),
      })
      .map(({ method, body }) => ({ method, text: request(method, '/p', body), said: `${method} /p ${body.length}` })),
    fc
      .record({
        method: fc.constantFrom('POST', 'SCAN'),
        chunks: fc.array(fc.constantFrom('LIST ', 'a', '0\r\n\r\nSCAN / '), { maxLength: 4 }),
      })
      .map(({ method, chunks }) => ({
        method,
        text: chunked(method, ...chunks),
        said: `${method} /chunked ${chunks.join('').length}`,
      })),
  );

  test('however a pipeline is split, the answers are the same, or 400 where a method lost its first bytes', async () => {
    await using server = await startServer(transport);
    const pipeline = fc.array(message, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pipeline, fc.array(fc.nat(), { maxLength: 12 }), async (messages, cuts) => {
        const text = messages.map((one) => one.text).join('');
        const places = [...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b);
        const client = await server.connect();
        await client.send(
          ...[0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length)).filter((piece) => piece !== ''),
        );
        const whole = messages.map((one) => one.said);
        const got = (await client.responses(whole.length)).filter((said) => said !== undefined);
        client.socket.destroy();
        const starts = messages.map((_, index) => messages.slice(0, index).reduce((sum, one) => sum + one.text.length, 0));
        const cutAt = (index: number) => {
          const lost = lostBytes.get(messages[index]?.method ?? '') ?? [];
          return lost.some((byte) => places.includes((starts[index] ?? 0) + byte));
        };
        const refused = got.at(-1) === '400' ? got.length - 1 : undefined;
        if (refused === undefined) expect(got).toEqual(whole);
        else {
          expect(got.slice(0, -1)).toEqual(whole.slice(0, refused));
          expect(cutAt(refused)).toBe(true);
        }
      }),
      { numRuns: transport === 'tcp' ? 80 : 40 },
    );
  });
});
