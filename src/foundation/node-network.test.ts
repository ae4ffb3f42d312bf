import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNodeNetwork, nodeNetwork } from './node-network.ts';
import type { OutgoingRequest } from './ports.ts';

const basics = { method: 'GET', maxBytes: 1000, timeoutMs: 5000 } as const;
const servers: Server[] = [];

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener) => listening(createServer(listener));
const local = (port: number, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  ...basics,
  url: `http://127.0.0.1:${port}/`,
  allowPlain: true,
  allowPrivate: true,
  ...more,
});
const coded = (code: string) => expect.objectContaining({ code });

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

describe('an address that is not on the public Internet', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '%31%32%37.0.0.1',
    '0.0.0.0',
    '0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '203.0.113.9',
    '168.63.129.16',
    '127.0.0.1.',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::a00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[3fff::1]',
    '[100::1]',
  ])('is not dialled: %s', async (host) => {
    const asked: string[] = [];
    const network = createNodeNetwork(async (name) => {
      asked.push(name);
      return [];
    });
    await expect(network.request({ ...basics, url: `https://${host}/` })).rejects.toThrow(coded('network.address'));
    expect(asked).toEqual([]);
  });

  it.each(['localhost', 'localhost.', 'LOCALHOST', 'internal.example', 'xn--nxasmq6b.example'])(
    'is not dialled under the name %s',
    async (name) => {
      let connections = 0;
      const port = await serve((_request, response) => response.end());
      servers[0]?.on('connection', () => connections++);
      const network = createNodeNetwork(async () => [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
        { address: '::ffff:127.0.0.1', family: 6 },
      ]);
      const asking = network.request({ ...basics, url: `http://${name}:${port}/`, allowPlain: true });
      await expect(asking).rejects.toThrow(coded('network.address'));
      expect(connections).toBe(0);
    },
  );

  it('cannot be slipped in between check and dialling: a name is looked up once', async () => {
    let lookups = 0;
    const port = await serve((_request, response) => response.end('here'));
    const rebinding = createNodeNetwork(async () => [{ address: ++lookups === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    const { body } = await rebinding.request(local(port, { url: `http://rebinding.example:${port}/` }));
    expect([body.toString(), lookups]).toEqual(['here', 1]);
  });

  it('is not dialled because another request was allowed to a moment before', async () => {
    const port = await serve((_request, response) => response.end('here'));
    const network = createNodeNetwork(async () => [{ address: '127.0.0.1', family: 4 }]);
    const url = `http://inside.example:${port}/`;
    expect((await network.request(local(port, { url }))).status).toBe(200);
    await expect(network.request(local(port, { url, allowPrivate: false }))).rejects.toThrow(coded('network.address'));
  });
});

describe('a URL', () => {
  it.each([
    'http://issuer.example/',
    'file:///etc/passwd',
    'ftp://issuer.example/',
    'gopher://issuer.example/',
    'data:application/json,{}',
    'blob:https://issuer.example/1',
    'javascript:1',
    'https:issuer.example',
    'https:/issuer.example/',
    'https:///issuer.example/',
    'https:\\\\issuer.example\\',
    'https://issuer.example\\@127.0.0.1/',
    'https://issuer.example@127.0.0.1/',
    'https://me:word@issuer.example/',
    'https://@issuer.example/',
    'https://issuer.example:0/',
    'https://issuer.example:65536/',
    'https://issuer.example:-1/',
    ' https://issuer.example/',
    'https://issuer.example/\n',
    'https://issuer\t.example/',
    'https://issuer.example/\r\nx: y',
    'https://\u2460\u2461\u2466.0.0.1/',
    'https://issuer\u3002example/',
    'https://[fe80::1%25eth0]/',
    'https://[::1',
    'https://127.0.0.256/',
    'https://',
    '',
    'issuer.example',
    `https://issuer.example/${'a'.repeat(3000)}`,
  ])('is refused unread: %j', async (url) => {
    await expect(nodeNetwork.request({ ...basics, url })).rejects.toThrow(coded('network.url'));
  });
});

describe('a header', () => {
  it.each([
    ['x', 'a\r\nhost: elsewhere'],
    ['x', 'a\nb'],
    ['x', 'a\0'],
    ['x', '\u0100'],
    ['x\r\ny', 'a'],
    ['x y', 'a'],
    ['', 'a'],
    ['Host', 'elsewhere'],
    ['Transfer-Encoding', 'chunked'],
    ['content-length', '0'],
    ['Connection', 'upgrade'],
    ['proxy-authorization', 'a'],
  ])('that would change the request is refused: %j: %j', async (name, value) => {
    const asking = nodeNetwork.request({ ...basics, url: 'https://127.0.0.1/', allowPrivate: true, headers: { [name]: value } });
    await expect(asking).rejects.toThrow(coded('network.header'));
  });
});

describe('an answer', () => {
  it('comes with status, first headers and body', async () => {
    const port = await serve((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        response.writeHead(201, ['X-A', '1', 'x-a', '2', '__proto__', '3']);
        response.end(`${request.method} ${request.headers['x-b']} ${Buffer.concat(body)}`);
      });
    });
    const { status, headers, body } = await nodeNetwork.request(
      local(port, { method: 'POST', body: 'ä', headers: { 'x-b': 'c' } }),
    );
    expect([status, headers['x-a'], body.toString()]).toEqual([201, '1', 'POST c ä']);
  });

  it.each(['file:///etc/passwd', 'http://127.0.0.1:1/', 'https://elsewhere.example/', '//169.254.169.254/'])(
    'that redirects to %s is given as it is',
    async (location) => {
      let requests = 0;
      const port = await serve((_request, response) => {
        requests++;
        response.writeHead(302, { location }).end();
      });
      const { status } = await nodeNetwork.request(local(port));
      expect([status, requests]).toEqual([302, 1]);
    },
  );

  it('of exactly the allowed size is given, with or without an announced length', async () => {
    const port = await serve(({ url }, response) => {
      if (url === '/announced') response.setHeader('content-length', 1000);
      response.end('x'.repeat(1000));
    });
    for (const path of ['announced', 'chunked']) {
      const { body } = await nodeNetwork.request(local(port, { url: `http://127.0.0.1:${port}/${path}` }));
      expect(body.length).toBe(1000);
    }
  });

  it.each([
    ['larger than allowed', 'network.too-large', { 'content-length': '1001' }, 'x'.repeat(1001)],
    ['larger than allowed and unannounced', 'network.too-large', {}, 'x'.repeat(1001)],
    ['compressed', 'network.answer', { 'content-encoding': 'gzip' }, 'x'],
  ])('that is %s is refused', async (_what, code, headers, body) => {
    const port = await serve((_request, response) => {
      response.writeHead(200, headers).write(body.slice(0, 500));
      response.end(body.slice(500));
    });
    await expect(nodeNetwork.request(local(port))).rejects.toThrow(coded(code));
  });

  it('that never ends is given up while it streams', async () => {
    const port = await serve((_request, response) => {
      const more = () => void (response.writable && response.write('x'.repeat(400), more));
      more();
    });
    await expect(nodeNetwork.request(local(port))).rejects.toThrow(coded('network.too-large'));
  });

  it('that is cut off is refused', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
    });
    await expect(nodeNetwork.request(local(port))).rejects.toThrow(coded('ECONNRESET'));
  });

  it.each([
    ['nothing', (_request: unknown, _response: unknown) => {}],
    ['half a body', (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('x')],
  ] satisfies [string, RequestListener][])('of which %s comes in time is given up', async (_what, listener) => {
    const port = await serve(listener);
    const closed = new Promise((resolve) => servers[0]?.once('connection', (socket) => socket.once('close', resolve)));
    await expect(nodeNetwork.request(local(port, { timeoutMs: 100 }))).rejects.toThrow(coded('network.timeout'));
    await expect(closed).resolves.toBeDefined();
  });

  it('is not waited for beyond the deadline by a look-up that hangs', async () => {
    const network = createNodeNetwork(() => new Promise(() => {}));
    const asking = network.request({ ...basics, url: 'https://slow.example/', timeoutMs: 50 });
    await expect(asking).rejects.toThrow(coded('network.timeout'));
  });

  it('is not waited for once its signal is aborted, and not asked for after that', async () => {
    let asked = 0;
    const arrived = Promise.withResolvers<void>();
    const port = await serve(() => {
      asked += 1;
      arrived.resolve();
    });
    const abort = new AbortController();
    const asking = nodeNetwork.request(local(port, { signal: abort.signal }));
    await arrived.promise;
    abort.abort();
    await expect(asking).rejects.toThrow(coded('network.timeout'));
    await expect(nodeNetwork.request(local(port, { signal: abort.signal }))).rejects.toThrow(coded('network.timeout'));
    expect(asked).toBe(1);
  });

  it.each(['PUT', 'DELETE'] as const)('answers %s as well, with and without a body', async (method) => {
    const port = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.end(`${request.method} ${body}`);
    });
    expect((await nodeNetwork.request(local(port, { method, body: 'all' }))).body.toString()).toBe(`${method} all`);
    expect((await nodeNetwork.request(local(port, { method }))).body.toString()).toBe(`${method} `);
  });

  it('does not come where nobody listens', async () => {
    const port = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(nodeNetwork.request(local(port))).rejects.toThrow(coded('ECONNREFUSED'));
  });
});

describe('over TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'network-'));
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const certify = (name: string, subjectAltName: string) =>
    execFileSync(
      'openssl',
      // biome-ignore format: one option a line says nothing.
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
       '-addext', `subjectAltName=${subjectAltName}`, '-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.pem`)],
      { stdio: 'ignore' },
    );
  const secured = (name: string) =>
    listening(
      createSecureServer({ key: read(`${name}.key`), cert: read(`${name}.pem`) }, (_request, response) => response.end('safe')),
    );
  const asking = (port: number, ca?: string) =>
    nodeNetwork.request(local(port, { url: `https://127.0.0.1:${port}/`, allowPlain: false, ca }));

  beforeAll(() => {
    certify('right', 'IP:127.0.0.1');
    certify('other', 'IP:127.0.0.1');
    certify('named', 'DNS:issuer.example');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('the pinned authority is believed, and no other, also right after', async () => {
    const port = await secured('right');
    expect((await asking(port, read('right.pem'))).body.toString()).toBe('safe');
    await expect(asking(port, read('other.pem'))).rejects.toThrow(coded('DEPTH_ZERO_SELF_SIGNED_CERT'));
    await expect(asking(port)).rejects.toThrow(coded('DEPTH_ZERO_SELF_SIGNED_CERT'));
  });

  it('a certificate for another name is refused, and so is a pinned authority that is none', async () => {
    const port = await secured('named');
    await expect(asking(port, read('named.pem'))).rejects.toThrow(coded('ERR_TLS_CERT_ALTNAME_INVALID'));
    await expect(asking(port, 'no certificate')).rejects.toThrow();
  });

  it('is verified even where the environment says otherwise', async () => {
    const port = await secured('right');
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await expect(asking(port)).rejects.toThrow(coded('DEPTH_ZERO_SELF_SIGNED_CERT'));
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });
});
