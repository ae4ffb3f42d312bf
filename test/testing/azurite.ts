import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 30_000;
const VERSION = '2022-11-02';
const ACCOUNT = 'wwmodels';

/** Microsoft's own emulator of Azure's blob service, with TLS, on the loopback interface. */
export interface Azurite {
  readonly account: string;
  /** Base64. */
  readonly accountKey: string;
  /** With the account in its path. */
  readonly endpoint: string;
  readonly tlsCa: string;
  createContainer(name: string): Promise<void>;
  /** As the owner of the account. */
  put(path: string, body: string): Promise<void>;
  /** With nothing but what the URL says. */
  send(method: string, url: string, body?: string): Promise<BlobAnswer>;
  stop(): Promise<void>;
}

export interface BlobAnswer {
  readonly status: number;
  /** `AuthorizationPermissionMismatch` */
  readonly code: string | undefined;
  readonly body: string;
}

/** @param program of its blob service @throws Error with what it printed when it does not serve in time */
export async function startAzurite(program: string): Promise<Azurite> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-azurite-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=azurite', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, '-keyout', key, '-out', cert]);
  const [port, accountKey, tlsCa] = [await freePort(), randomBytes(64).toString('base64'), await readFile(cert, 'utf8')];
  const place = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--inMemoryPersistence'];
  const words = [program, ...place, '--cert', cert, '--key', key, '--silent', '--disableTelemetry'];
  const daemon = startDaemon(process.execPath, words, {
    environment: { AZURITE_ACCOUNTS: `${ACCOUNT}:${accountKey}` },
    directory,
  });
  const endpoint = `https://127.0.0.1:${port}/${ACCOUNT}`;
  const exchange = (method: string, url: string, headers: Record<string, string>, body = ''): Promise<BlobAnswer> =>
    exchanged({ method, url, headers, ca: tlsCa, body });
  const asOwner = async (path: string, query: Readonly<Record<string, string>>, body = '') => {
    const signed = sharedKey(path, query, { body, accountKey });
    const search = new URLSearchParams(query).toString();
    const answer = await exchange('PUT', `${endpoint}${path}${search === '' ? '' : `?${search}`}`, signed, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.code}`);
  };
  const stop = async () => {
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until(READY_MS, async () => (await exchange('GET', `${endpoint}?comp=list`, {})).status === 403, daemon.output);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    account: ACCOUNT,
    accountKey,
    endpoint,
    tlsCa,
    createContainer: (name) => asOwner(`/${name}`, { restype: 'container' }),
    put: (path, body) => asOwner(`/${path}`, {}, body),
    send: (method, url, body) => exchange(method, url, { 'x-ms-version': VERSION, 'x-ms-blob-type': 'BlockBlob' }, body),
    stop,
  };
}

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly ca: string;
  readonly body: string;
}

async function exchanged({ method, url, headers, ca, body }: Exchange): Promise<BlobAnswer> {
  const asked = request(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, ca, agent: false });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, code: answer.headers['x-ms-error-code'], body: Buffer.concat(chunks).toString() };
}

/** The headers of a PUT by the owner: not the product's own signer. */
function sharedKey(
  path: string,
  query: Readonly<Record<string, string>>,
  { body, accountKey }: { readonly body: string; readonly accountKey: string },
): Record<string, string> {
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-date': new Date().toUTCString(), 'x-ms-version': VERSION };
  const length = body === '' ? '' : String(Buffer.byteLength(body));
  const resource = `/${ACCOUNT}/${ACCOUNT}${path}`;
  const lines = [
    `PUT\n\n\n${length}\n\n\n\n\n\n\n\n`,
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    resource,
    ...Object.entries(query).map(([name, value]) => `${name}:${value}`),
  ];
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(lines.join('\n')).digest('base64');
  return { ...headers, authorization: `SharedKey ${ACCOUNT}:${signature}` };
}
