import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { dpopClient } from '../../src/identity/binding/testing/dpop-client.ts';
import {
  extension,
  generalName,
  type Made,
  makeAuthority,
  makeCertificate,
  type Wanted,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type TlsFiles, writeTlsFiles } from '../testing/tls-files.ts';

const { curl, openssl } = inject('services');
const run = promisify(execFile);
const now = Date.now();
const root = makeAuthority('Acme root', now);
const usage = [extension.noAuthority(), extension.keyUsage(0)];
const issue = (wanted: Wanted = {}, issuer = root) =>
  makeCertificate({ subject: [['CN', 'trainer']], extensions: usage, ...wanted }, now, issuer);

let server: RunningServer;
let files: TlsFiles;
let rootToken: string;

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

interface Sent {
  readonly body?: object;
  readonly token?: string;
  /** The client's own certificate, then what it sends besides. */
  readonly shown?: readonly Made[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

const identityOf = (shown: readonly Made[] = []) =>
  shown[0] === undefined ? {} : { cert: shown.map(({ pem }) => pem).join(''), key: shown[0].keyPem };

/** Refused logins are limited for each address that they come from. */
let addresses = 1;
function nextAddress(): string {
  addresses = (addresses % 250) + 1;
  return `127.0.0.${addresses}`;
}

/** On a connection of its own, unless an agent keeps one. */
function call(method: string, path: string, { body, token, shown, headers = {}, agent }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/v1/${path}`, {
      method,
      ca: files.cert,
      ...identityOf(shown),
      ...(agent === undefined ? { agent: false, localAddress: nextAddress() } : { agent }),
      headers: { ...headers, ...(token === undefined ? {} : { 'X-Vault-Token': token }) },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: text === '' ? undefined : JSON.parse(text) }));
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const role = (name: string, more: object = {}) =>
  call('POST', `auth/cert/certs/${name}`, { token: rootToken, body: { certificate: root.pem, token_policies: 'x', ...more } });
const logIn = (shown: readonly Made[] | undefined, body: object = {}, more: Sent = {}) =>
  call('POST', 'auth/cert/login', { ...more, body, ...(shown === undefined ? {} : { shown }) });
const lookUp = (token: string, more: Sent = {}) => call('GET', 'auth/token/lookup-self', { ...more, token });

beforeAll(async () => {
  files = await writeTlsFiles(selfSigned());
  server = await startServer({ args: files.args });
  rootToken = await server.rootToken();
  await call('POST', 'sys/auth/cert', { token: rootToken, body: { type: 'cert' } });
  await role('train');
  await role('bound', { token_binding: 'mtls', allowed_common_names: 'bound' });
  await role('signed', { token_binding: 'dpop', allowed_common_names: 'signed' });
});
afterAll(async () => {
  await server.stop();
  await files.remove();
});

describe('a connection', () => {
  test('with a client certificate logs in, as one of its role', async () => {
    const { status, json } = await logIn([issue()], { name: 'train' });
    expect(status).toBe(200);
    expect(json.auth).toMatchObject({ policies: ['default', 'x'], metadata: { cert_name: 'train', common_name: 'trainer' } });
    expect((await lookUp(json.auth.client_token)).json.data.display_name).toBe('cert-train');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'sends certificates between, also when it is taken up again: %s',
    async (version) => {
      const first = makeAuthority('Issuing 1', now, { below: root });
      const second = makeAuthority('Issuing 2', now, { below: first });
      const shown = [issue({}, second), second, first];
      let session: Buffer | undefined;
      for (let time = 0; time < 3; time++) {
        const answered = await logInRaw(version, shown, session);
        expect(answered.status).toBe('HTTP/1.1 200 OK');
        session = answered.session;
      }
    },
  );

  test('without one can do everything else', async () => {
    expect((await logIn(undefined)).status).toBe(403);
    expect((await call('GET', 'sys/health')).status).toBe(200);
    expect((await lookUp(rootToken)).status).toBe(200);
  });

  test.each([
    'X-Forwarded-Client-Cert',
    'X-SSL-Client-Cert',
    'X-Client-Cert',
    'SSL-Client-Cert',
    'Client-Cert',
    'X-Vault-Client-Cert',
  ])('is not believed a header %s', async (header) => {
    const { pem, der } = issue();
    for (const value of [encodeURIComponent(pem), `:${der.toString('base64')}:`, `Cert="${encodeURIComponent(pem)}"`]) {
      expect((await logIn(undefined, {}, { headers: { [header]: value } })).status).toBe(403);
    }
  });

  test('shows one certificate from beginning to end: TLS 1.2 is not negotiated anew', async () => {
    const socket = await connected(server.url, { version: 'TLSv1.2', shown: [issue()] });
    const outcome = await new Promise<string>((resolve) => {
      socket.once('error', () => resolve('refused'));
      socket.once('close', () => resolve('refused'));
      socket.renegotiate({}, (error) => resolve(error === null ? 'negotiated anew' : 'refused'));
    });
    socket.destroy();
    expect(outcome).toBe('refused');
  });

  test('cannot show a certificate whose key it has not', async () => {
    const stolen = { ...issue(), keyPem: issue().keyPem };
    await expect(logIn([stolen])).rejects.toThrow();
  });

  const hostile: readonly (readonly [string, () => readonly Made[]])[] = [
    ['of another authority of the same name', () => [issue({}, makeAuthority('Acme root', now))]],
    ['that has expired', () => [issue({ notAfter: now - 60_000 })]],
    ['that it signed itself', () => [makeCertificate({ subject: [['CN', 'trainer']], extensions: usage }, now)]],
    ['with a short key', () => [issue({ keys: generateKeyPairSync('rsa', { modulusLength: 1024 }) })]],
    ['that is signed with SHA-1', () => [issue({ algorithm: 'ecdsa-sha1' })]],
    ['of an authority', () => [root]],
    ['that hides a NUL', () => [issue({ extensions: [...usage, extension.names(generalName.dns('a\0b'))] })]],
  ];

  test.each(hostile)('with a certificate %s is refused without being told why', async (_what, shown) => {
    // Some are refused by TLS already, or cannot be sent by this client.
    const answer = await logIn(shown()).catch(() => undefined);
    if (answer !== undefined) expect(answer).toMatchObject({ status: 403, json: { errors: ['permission denied'] } });
    const { status } = await logIn([issue()], { name: 'train' });
    expect(status).toBe(200);
  });
});

describe('a token that is bound to a certificate', () => {
  const holder = issue({ subject: [['CN', 'bound']] });

  test('is invalid elsewhere, for every method and with every header', async () => {
    const { json } = await logIn([holder], { name: 'bound' });
    const token: string = json.auth.client_token;
    const own = await lookUp(token, { shown: [holder] });
    expect(own.json.data).toMatchObject({ token_binding: 'mtls', display_name: 'cert-bound' });
    for (const shown of [undefined, [issue({ subject: [['CN', 'bound']] })]]) {
      const sent = {
        token,
        ...(shown === undefined ? {} : { shown }),
        headers: { 'X-Forwarded-Client-Cert': holder.pem.replaceAll('\n', '') },
      };
      expect((await lookUp(token, sent)).status).toBe(403);
      expect((await call('LIST', 'auth/token/accessors', sent)).status).toBe(403);
      expect((await call('POST', 'auth/token/renew-self', { ...sent, body: {} })).status).toBe(403);
      expect((await call('POST', 'sys/wrapping/wrap', { ...sent, body: { x: 'x'.repeat(100_000) } })).status).toBe(403);
    }
    expect((await lookUp(token, { shown: [holder] })).status).toBe(200);
  });

  test('is of use for every request of a connection that is kept', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: files.cert, ...identityOf([holder]) });
    const { json } = await logIn(undefined, { name: 'bound' }, { agent });
    const token: string = json.auth.client_token;
    for (let time = 0; time < 3; time++) expect((await lookUp(token, { agent })).status).toBe(200);
    // LIST takes another way through the server's HTTP layer. There is nothing to list, and that is told.
    const policy = 'path "secret/metadata/*" { capabilities = ["list"] }';
    await call('POST', 'sys/policies/acl/x', { token: rootToken, body: { policy } });
    expect((await call('LIST', 'secret/metadata/none', { token, agent })).status).toBe(404);
    expect((await call('LIST', 'secret/metadata/none', { token })).status).toBe(403);
    agent.destroy();
  });

  test('is told apart in the log from a token that nobody has', async () => {
    const { json } = await logIn([holder], { name: 'bound' });
    await lookUp(json.auth.client_token);
    const { stdout } = await run('grep', ['-rhao', '"status_detail":"binding.certificate-missing"', server.dataDirectory]);
    expect(stdout).toContain('binding.certificate-missing');
  });
});

test('a token that is bound by DPoP needs a proof for each request', async () => {
  const client = await dpopClient();
  const prove = (method: string, path: string, token?: string) => {
    const proof = { method, url: `${server.url}/v1/${path}`, now: Math.floor(Date.now() / 1000) };
    return client.prove(token === undefined ? proof : { ...proof, token });
  };
  const shown = [issue({ subject: [['CN', 'signed']] })];
  const { json } = await logIn(shown, { name: 'signed' }, { headers: { DPoP: await prove('POST', 'auth/cert/login') } });
  const token: string = json.auth.client_token;
  const proof = await prove('GET', 'auth/token/lookup-self', token);
  // As RFC 9449 writes it, without a token header of Vault's.
  const headers = { Authorization: `DPoP ${token}`, DPoP: proof };
  expect((await call('GET', 'auth/token/lookup-self', { headers })).json.data).toMatchObject({ token_binding: 'dpop' });
  expect((await call('GET', 'auth/token/lookup-self', { headers })).status).toBe(403);
  expect((await lookUp(token)).status).toBe(403);
  // The body of a large request is read for whoever is known: that uses the proof no second time.
  const large = { DPoP: await prove('POST', 'sys/wrapping/wrap', token), 'X-Vault-Wrap-TTL': '60' };
  const body = { x: 'x'.repeat(2_000_000) };
  expect((await call('POST', 'sys/wrapping/wrap', { token, headers: large, body })).status).toBe(200);
});

test('a server that asks nobody for a certificate takes none', async () => {
  const silent = await startServer({ args: [...files.args, '--client-certificates', 'off'] });
  const socket = await connected(silent.url, { version: 'TLSv1.3', shown: [issue()] });
  try {
    expect(socket.authorized).toBe(true);
    const told = await new Promise<string>((resolve) => {
      socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1').split('\r\n', 1)[0] ?? ''));
      socket.write('POST /v1/auth/cert/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
    });
    expect(told).toContain('403');
  } finally {
    socket.destroy();
    await silent.stop();
  }
});

interface Connection {
  readonly version: SecureVersion;
  readonly shown: readonly Made[];
  readonly session?: Buffer | undefined;
}

function connected(url: string, { version, shown, session }: Connection): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const versions = { minVersion: version, maxVersion: version };
    const resumed = session === undefined ? {} : { session };
    const socket = connect({ host: hostname, port: Number(port), ca: files.cert, ...versions, ...identityOf(shown), ...resumed });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The first line of the answer, and the session with which the client would come again. */
async function logInRaw(version: SecureVersion, shown: readonly Made[], session: Buffer | undefined) {
  const socket = await connected(server.url, { version, shown, session });
  let last = socket.getSession();
  socket.on('session', (told) => {
    last = told;
  });
  const body = JSON.stringify({ name: 'train' });
  const head = `POST /v1/auth/cert/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  socket.write(`${head}${body}`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return { status: text.split('\r\n', 1)[0], session: last };
}

describe.skipIf(curl === undefined || openssl === undefined)('curl and openssl', () => {
  test('log in with what openssl made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watchword-client-'));
    const file = (name: string) => join(folder, name);
    const make = (...args: string[]) => run(openssl ?? '', args, { cwd: folder });
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    try {
      await make('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/O=Acme/CN=Test CA');
      await make('req', ...curve, '-keyout', 'client.key', '-out', 'client.csr', '-subj', '/O=Acme/OU=ML/CN=trainer');
      const spiffe = 'subjectAltName=URI:spiffe://acme.example/trainer';
      await writeFile(file('client.ext'), `${spiffe}\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'client.ext'];
      await make('x509', '-req', '-in', 'client.csr', ...by, '-days', '1', '-out', 'client.pem');
      await writeFile(file('empty'), '');
      await writeFile(
        file('ca.cnf'),
        `[ca]\ndefault_ca=x\n[x]\ndatabase=${file('empty')}\ndefault_md=sha256\ndefault_crl_days=1\n`,
      );
      const { stdout: authority } = await run('cat', [file('ca.pem')]);
      const body = { certificate: authority, spiffe_trust_domain: 'acme.example', allowed_spiffe_ids: 'spiffe://acme.example/*' };
      await role('openssl', body);
      const withCertificate = ['--cert', file('client.pem'), '--key', file('client.key'), '--cacert', files.certFile];
      const post = async () => {
        const target = `${server.url}/v1/auth/cert/login`;
        const { stdout } = await run(curl ?? '', ['-sS', ...withCertificate, '--data', '{"name":"openssl"}', target]);
        return JSON.parse(stdout);
      };
      expect((await post()).auth.metadata).toMatchObject({ spiffe_id: 'spiffe://acme.example/trainer' });
      const revoke = ['ca', '-config', 'ca.cnf', '-keyfile', 'ca.key', '-cert', 'ca.pem'];
      await make(...revoke, '-revoke', 'client.pem');
      await make(...revoke, '-gencrl', '-out', 'crl.pem');
      const { stdout: crl } = await run('cat', [file('crl.pem')]);
      expect((await call('POST', 'auth/cert/crls/acme', { token: rootToken, body: { crl } })).status).toBe(204);
      expect(await post()).toEqual({ errors: ['permission denied'] });
      expect(Object.keys((await call('GET', 'auth/cert/crls/acme', { token: rootToken })).json.data.serials)).toHaveLength(1);
      await call('DELETE', 'auth/cert/crls/acme', { token: rootToken });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
