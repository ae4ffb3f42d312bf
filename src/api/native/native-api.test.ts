import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Door } from '../../access/door-contract.ts';
import { type Call, Unfit } from '../../access/operation.ts';
import type { OperationName } from '../../access/operation-types.ts';
import { type ErrorKind, errorCatalogue, WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { silentLogger } from '../../foundation/ports.ts';
import { acceptListMethods } from '../middleware/list-method.ts';
import { refuseUnparsable } from '../middleware/unparsable.ts';
import { statusOfKind } from '../status-codes.ts';
import { endpoints } from './endpoints/index.ts';
import { errorSchema } from './error-answer.ts';
import { createNativeApi, openapi } from './native-api.ts';

const DAY = Date.UTC(2026, 0, 2, 3, 4, 5);
const used = (days: number) => ({ firstUsed: DAY, lastUsed: DAY + days * 86_400_000, count: days + 1, days: days + 1 });

function mount(path: string, kind: string, options: Record<string, string> = {}): MountPoint {
  const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
  return { id: path, namespace: 'root', path, kind, accessor: '', description: '', options, config };
}

const mounts = [mount('sys/', 'system'), mount('secret/', 'kv', { version: '2' }), mount('old/', 'kv', { version: '1' })];

type Perform = (call: Call, input: never) => unknown;

const settings = { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 };
const version = { version: 1, createdAt: DAY, deletedAt: undefined, destroyed: false, custom: undefined };
const entry = { current: 2, oldest: 0, createdAt: DAY, updatedAt: DAY, settings, custom: { owner: 'ml' } };
const answers: Record<string, Perform> = {
  'server.version': () => ({ version: '0.1.0' }),
  'server.status': () => ({
    version: '0.1.0',
    initialized: true,
    sealed: false,
    sealKind: 'static',
    storage: 'sqlite',
    startedAt: DAY,
    auditEvents: 7,
    warnings: [{ code: 'root-token-lives', message: 'm', remedy: 'r' }],
  }),
  'usage.credential': () => ({
    total: used(2),
    versions: [{ version: 1, ...used(1) }],
    sessions: [{ session: 'a', ...used(1) }],
    workloads: [{ workload: 'jwt:w', ...used(1) }],
    countedUpTo: 12,
  }),
  'roles.lint': () => {
    const finding = { rule: 'no-owner', where: 'owner', message: 'm', advice: 'a' };
    return { roles: [{ path: 'auth/jwt/role/train', method: 'jwt', owner: '', findings: [finding] }] };
  },
  'kv.metadata.read': () => ({ ...entry, versions: [version, { ...version, version: 2, destroyed: true }] }),
  'system.unrouted': () => {
    throw new WatchwordError('route.missing');
  },
  'system.unsupported': () => {
    throw new WatchwordError('request.unsupported');
  },
};

let performed: { name: OperationName; call: Call; token: string | undefined; input: unknown }[] = [];
let failure: (() => unknown) | undefined;

const door: Door = {
  locate: (_namespace, path) => mounts.find((one) => `${path}/`.startsWith(one.path)),
  recognizes: async () => true,
  async perform(name, call, input) {
    performed.push({ name, call, token: call.token?.text, input });
    if (failure !== undefined) throw failure();
    if (name !== 'server.version' && call.token === undefined) throw new WatchwordError('access.token-missing');
    if (input instanceof Unfit) throw input.refusal;
    const output = answers[name]?.(call, input as never);
    return { requestId: call.id, warnings: [], output, wrapped: undefined } as unknown as Answer<typeof name>;
  },
};

const api = createNativeApi({ door, logger: silentLogger });
const server = http.createServer(api.handle);
acceptListMethods(server, refuseUnparsable);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const base = `http://127.0.0.1:${port}`;
const token = { 'X-Vault-Token': 'caller' };

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await api.close();
});

beforeEach(() => {
  performed = [];
  failure = undefined;
});

async function get(target: string, init: RequestInit = { headers: token }) {
  const response = await fetch(`${base}${target}`, init);
  const text = await response.text();
  return { response, text, body: response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : undefined };
}

const targets: Record<string, string> = {
  '/version': '/api/v1/version',
  '/status': '/api/v1/status',
  '/usage': '/api/v1/usage?path=secret/team/key',
  '/roles/lint': '/api/v1/roles/lint?mount=auth/jwt',
  '/metadata': '/api/v1/metadata?path=secret/team/key',
};

describe('endpoints', () => {
  test.each(endpoints.map((endpoint) => [endpoint.path, endpoint] as const))(
    '%s answers as its schema says',
    async (path, { reply }) => {
      const { response, body } = await get(targets[path] ?? '');
      expect(response.status).toBe(200);
      expect(reply.strict().parse(body)).toEqual(body);
      expect(response.headers.get('content-type')).toBe('application/json');
    },
  );

  test('metadata tells the last use of a secret and of each version', async () => {
    const { body } = await get('/api/v1/metadata?path=secret/team/key');
    expect(body).toMatchObject({
      path: 'secret/team/key',
      last_used: '2026-01-04T03:04:05.000Z',
      custom_metadata: { owner: 'ml' },
    });
    expect(body.versions.map((one: { last_used: string | null }) => one.last_used)).toEqual(['2026-01-03T03:04:05.000Z', null]);
    expect(performed.map(({ name, input, call }) => [name, input, call.mount.path])).toEqual([
      ['kv.metadata.read', { path: 'team/key' }, 'secret/'],
      ['usage.credential', { path: 'team/key' }, 'secret/'],
    ]);
  });

  test('a path is decoded once', async () => {
    await get('/api/v1/usage?path=secret/a%252Fb%2Fc+d%20%C3%A9');
    expect(performed[0]?.input).toEqual({ path: 'a%2Fb/c d é' });
  });

  test('what is not there is refused at the door', async () => {
    expect((await get('/api/v1/usage?path=nowhere/x')).response.status).toBe(404);
    expect((await get('/api/v1/usage?path=sys/x')).response.status).toBe(405);
    expect((await get('/api/v1/metadata?path=old/x')).response.status).toBe(405);
    expect(performed.map(({ name }) => name)).toEqual(['system.unrouted', 'system.unsupported', 'system.unsupported']);
    expect((await get('/api/v1/usage?path=nowhere/x', {})).body.error.code).toBe('access.token-missing');
  });

  test('an entry that does not exist gives 404', async () => {
    const read = answers['kv.metadata.read'];
    answers['kv.metadata.read'] = () => null;
    expect((await get('/api/v1/metadata?path=secret/x')).body.error.code).toBe('store.missing');
    answers['kv.metadata.read'] = read as Perform;
  });

  test('a race is tried once more, and then told', async () => {
    failure = () => new WatchwordError('store.raced');
    expect((await get('/api/v1/status')).response.status).toBe(412);
    expect(performed).toHaveLength(2);
  });
});

describe('the caller', () => {
  test.each([
    [{ 'X-Vault-Token': 'one' }, 'one'],
    [{ Authorization: 'Bearer two' }, 'two'],
    [{ 'X-Vault-Token': 'one', Authorization: 'Bearer two' }, 'one'],
    [{ Authorization: 'Basic dTpw' }, undefined],
    [{}, undefined],
  ])('with %j is known by %s', async (headers, expected) => {
    await get('/api/v1/status', { headers: headers as Record<string, string> });
    expect(performed[0]?.token).toBe(expected);
  });

  test("the token's bytes are gone once the answer is made", async () => {
    await get('/api/v1/status');
    expect(performed[0]?.call.token?.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('a namespace other than root does not exist', async () => {
    expect((await get('/api/v1/status', { headers: { ...token, 'X-Vault-Namespace': 'other' } })).response.status).toBe(404);
    expect(performed[0]?.input).toBeInstanceOf(Unfit);
    expect((await get('/api/v1/status', { headers: { 'X-Vault-Namespace': 'other' } })).response.status).toBe(403);
  });
});

describe('refusals', () => {
  test.each(Object.entries(errorCatalogue).map(([code, { kind }]) => [code, kind] as const))(
    '%s has the status of %s',
    async (code, kind) => {
      failure = () => new WatchwordError(code as keyof typeof errorCatalogue, 'the canary', { retryAfter: 0.2 });
      const { response, body, text } = await get('/api/v1/status');
      expect(response.status).toBe(statusOfKind[kind as ErrorKind]);
      expect(errorSchema.strict().parse(body)).toEqual(body);
      expect(body.error.request_id).toBe(performed[0]?.call.id);
      expect(response.headers.get('retry-after')).toBe('1');
      const ours = ['internal', 'corrupt', 'unavailable'].includes(kind);
      expect(text.includes('the canary')).toBe(!ours);
      if (ours) expect(body.error.code).toBe('internal');
    },
  );

  test('an error that is none of ours shows nothing of itself', async () => {
    failure = () => new TypeError('canary at /some/file');
    const { response, text } = await get('/api/v1/status');
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/canary|some|TypeError|stack/);
  });

  test.each([
    '/api/v1/usage',
    '/api/v1/usage?path=',
    '/api/v1/usage?path=a&path=b',
    '/api/v1/usage?path=a&canary=1',
    '/api/v1/usage?path=%zz',
    '/api/v1/usage?path=%ff',
    '/api/v1/usage?path=a%0ab',
    `/api/v1/usage?path=${'a'.repeat(9000)}`,
    '/api/v1/status?__proto__=canary',
  ])('%.60s does not fit, which only callers with a token learn', async (target) => {
    const { response, text } = await get(target);
    expect(response.status).toBe(400);
    expect(text).not.toContain('canary');
    expect(performed.map(({ name, input }) => [name, input instanceof Unfit])).toEqual([
      [target.includes('usage') ? 'usage.credential' : 'server.status', true],
    ]);
    expect((await get(target, {})).body.error.code).toBe('access.token-missing');
  });

  test('a query that does not fit an endpoint for everybody is refused by the same operation', async () => {
    expect((await get('/api/v1/version?x=1', {})).response.status).toBe(400);
    expect(performed.map(({ name, input }) => [name, input instanceof Unfit])).toEqual([['server.version', true]]);
  });

  test('the log hears which path was asked for, of the credential where it was named', async () => {
    for (const target of ['/api/v1/usage?path=secret/team/key', '/api/v1/nothing?x=1', '/api/v1/%zz']) await get(target, {});
    expect(performed.map(({ call }) => call.requestPath)).toEqual(['secret/team/key', 'native/nothing', 'native/%zz']);
  });

  test.each(['GET', 'POST', 'LIST'])(
    'below the API, %s on what is not there is told to callers with a token only',
    async (method) => {
      for (const target of ['/api/v1/nothing', '/api/v1/%zz']) {
        expect(await rawStatus(target, '', method)).toBe(403);
        expect([400, 404]).toContain(await rawStatus(target, 'X-Vault-Token: caller\r\n', method));
      }
    },
  );

  test.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/',
    '/api/v2/status',
    '/favicon.ico',
    '/api/v1/status/',
    '/API/V1/STATUS',
    '/v1x',
  ])('%s does not exist', async (target) => {
    const { response, body } = await get(target);
    expect(response.status).toBe(404);
    expect(body.error.code).toBe('route.unknown');
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'LIST', 'SCAN', 'LINK', 'PROPFIND'])(
    '%s is not offered',
    async (method) => {
      for (const target of ['/api/v1/status', '/', '/api/v1/openapi.json', '/api/v1/nothing']) {
        const request = http.request(`${base}${target}`, {
          method: method === 'LIST' || method === 'SCAN' ? 'GET' : method,
          headers: token,
        });
        if (method === 'LIST' || method === 'SCAN') Object.assign(request, { method });
        if (method === 'POST') request.setHeader('Content-Type', 'text/strange');
        request.end(method === 'POST' ? 'x'.repeat(100_000) : undefined);
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        response.resume();
        expect(response.statusCode, target).toBe(target.endsWith('nothing') ? 404 : 405);
        if (response.statusCode === 405) expect(response.headers.allow).toBe('GET, HEAD');
      }
      expect(performed.every(({ input }) => input instanceof Unfit)).toBe(true);
    },
  );

  test('whatever target arrives, the answer is one of ours and no 5xx', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '..',
        '%2F',
        '%',
        '%00',
        '%ff',
        '?',
        '&',
        '=',
        'path',
        'api',
        'v1',
        'usage',
        'secret',
        ';',
        '*',
        ':x',
        '[',
        '"',
        '\\',
      ),
      fc.stringMatching(/^[!-~]{0,12}$/),
      fc.constant('a'.repeat(1024)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 10 }), async (parts) => {
        const status = await rawStatus(`/${parts.join('')}`.replaceAll(' ', ''));
        expect([200, 400, 403, 404, 405]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});

async function rawStatus(target: string, headers = 'X-Vault-Token: caller\r\n', method = 'GET'): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${method} ${target} HTTP/1.1\r\nHost: h\r\n${headers}Connection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Number(Buffer.concat(chunks).toString('latin1').slice(9, 12));
}

describe('every answer', () => {
  test.each(['/', '/api/v1/version', '/api/v1/openapi.json', '/nowhere', '/api/v1/usage', '/%zz'])(
    '%s carries the security headers, and no CORS',
    async (target) => {
      const { response } = await get(target, { headers: { Origin: 'https://elsewhere.example' } });
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  test('the root says what this is and where the API is', async () => {
    const { response, text } = await get('/', {});
    expect(response.status).toBe(200);
    expect(text).toContain('/api/v1/openapi.json');
  });

  test('HEAD answers as GET without a body', async () => {
    const response = await fetch(`${base}/api/v1/status`, { method: 'HEAD', headers: token });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(openapi()) as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  test('is what the server serves', async () => {
    expect((await get('/api/v1/openapi.json', {})).body).toEqual(openapi());
  });

  test('describes every endpoint under its own id, with its errors', () => {
    const { paths } = openapi() as {
      paths: Record<string, { get: { operationId: string; responses: object; security: unknown[] } }>;
    };
    const operations = Object.values(paths).map((path) => path.get);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(endpoints.length + 1);
    for (const { path, authenticated } of endpoints) {
      const operation = paths[`/api/v1${path}`]?.get;
      expect(operation?.security.length).toBe(authenticated ? 2 : 0);
      expect(Object.keys(operation?.responses ?? {})).toEqual(
        authenticated ? ['200', '400', '403', '404', '405', '412', '429', '500', '503'] : ['200', '400', '429', '500', '503'],
      );
    }
  });
});
