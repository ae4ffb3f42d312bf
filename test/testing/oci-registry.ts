import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 15_000;
/** The media type of the manifest of {@link OciRegistry.image}. */
export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** A real registry (CNCF Distribution) with TLS on the loopback interface, which takes tokens, and skopeo as its client. */
export interface OciRegistry {
  /** `127.0.0.1:21000` */
  readonly host: string;
  readonly url: string;
  /** PEM of the authority of its own certificate. */
  readonly tlsCa: string;
  readonly image: TestImage;
  send(method: string, path: string, ask?: RegistryAsk): Promise<RegistryAnswer>;
  /** Of {@link image}, by skopeo. @param reference `models/churn:v1` @throws Error with what skopeo said */
  push(reference: string, token: string): Promise<void>;
  /** By skopeo, into a folder of its own. */
  pull(reference: string, token: string): Promise<void>;
  /** The end of what it has logged. */
  log(): string;
  /** With other certificates to believe in. */
  restart(certificates: string): Promise<void>;
  stop(): Promise<void>;
}

interface RegistrySettings {
  /** Its host, unless said otherwise. */
  readonly service?: string;
  readonly issuer?: string;
  /** Another one than Debian's. */
  readonly program?: string;
}

interface TestImage {
  /** As skopeo names it. */
  readonly place: string;
  /** Digests. */
  readonly layer: string;
  readonly manifest: string;
}

interface RegistryAsk {
  readonly token?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RegistryAnswer {
  readonly status: number;
  /** Of the challenge: `invalid_token`, `insufficient_scope`; empty where there is none. */
  readonly error: string;
  readonly location: string;
  readonly text: string;
}

/** @param certificates PEM of those whose tokens it believes @throws Error with what it printed when it does not serve in time */
export async function startOciRegistry(certificates: string, settings: RegistrySettings = {}): Promise<OciRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const { service = host, issuer = 'watchword' } = settings;
  const tlsCa = await writeTls(directory);
  const bundle = join(directory, 'bundle.pem');
  await writeFile(join(directory, 'config.json'), JSON.stringify(configuration(directory, host, { service, issuer })));
  let daemon: Daemon;
  const send: OciRegistry['send'] = (method, path, ask) => exchanged(`https://${host}${path}`, method, tlsCa, ask);
  const start = async (pem: string) => {
    await writeFile(bundle, pem);
    daemon = startDaemon(settings.program ?? 'docker-registry', ['serve', join(directory, 'config.json')], { directory });
    await until(
      READY_MS,
      async () => (await send('GET', '/v2/')).status === 401,
      () => daemon.output(),
    );
  };
  const stop = async () => {
    await daemon.stop('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await start(certificates);
  } catch (error) {
    await stop();
    throw error;
  }
  const skopeo = async (...words: string[]) => {
    // Of the developer's own configuration, nothing.
    const options = { env: daemonEnvironment({ HOME: directory }), cwd: directory };
    try {
      await run('skopeo', ['--insecure-policy', ...words], options);
    } catch (error) {
      // Its message would hold the words.
      throw new Error(String((error as { stderr?: unknown }).stderr));
    }
  };
  const image = await writeImage(join(directory, 'image'));
  let pulled = 0;
  return {
    host,
    url: `https://${host}`,
    tlsCa,
    image,
    send,
    push: (reference, token) =>
      skopeo('copy', '--dest-cert-dir', directory, '--dest-registry-token', token, image.place, `docker://${host}/${reference}`),
    async pull(reference, token) {
      pulled += 1;
      const into = `dir:${join(directory, `pulled-${pulled}`)}`;
      await skopeo('copy', '--src-cert-dir', directory, '--src-registry-token', token, `docker://${host}/${reference}`, into);
    },
    log: () => daemon.output(),
    async restart(pem) {
      await daemon.stop();
      await start(pem);
    },
    stop,
  };
}

/** YAML holds JSON. https://distribution.github.io/distribution/about/configuration/ */
function configuration(directory: string, addr: string, { service, issuer }: { service: string; issuer: string }): object {
  const rootcertbundle = join(directory, 'bundle.pem');
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: {
      addr,
      secret: randomBytes(16).toString('hex'),
      tls: { certificate: join(directory, 'server.pem'), key: join(directory, 'server.key.pem') },
    },
    auth: { token: { realm: 'https://tokens.invalid/', service, issuer, rootcertbundle } },
  };
}

/** Gives the authority, which skopeo finds as `ca.crt`. */
async function writeTls(directory: string): Promise<string> {
  const now = Date.now();
  const authority = makeAuthority('Registry tests', now);
  const names = extension.names(generalName.address(127, 0, 0, 1), generalName.dns('localhost'));
  const extensions = [extension.noAuthority(), extension.purposes(purposes.server), names];
  const { pem, keyPem } = makeCertificate({ subject: [['CN', 'localhost']], extensions }, now, authority);
  await writeFile(join(directory, 'server.pem'), pem);
  await writeFile(join(directory, 'server.key.pem'), keyPem, { mode: 0o600 });
  await writeFile(join(directory, 'ca.crt'), authority.pem);
  return authority.pem;
}

/** The smallest image that there is: one layer with an empty archive. https://github.com/opencontainers/image-spec */
async function writeImage(folder: string): Promise<TestImage> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const blob = async (mediaType: string, content: Buffer) => {
    const digest = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, digest), content);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest: `sha256:${digest}`, size: content.length };
  };
  const archive = Buffer.alloc(1024);
  const diff = createHash('sha256').update(archive).digest('hex');
  const layer = await blob('layer.v1.tar+gzip', gzipSync(archive));
  const says = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [`sha256:${diff}`] } };
  const config = await blob('config.v1+json', Buffer.from(JSON.stringify(says)));
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] }));
  const manifest = await blob('manifest.v1+json', body);
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  return { place: `oci:${folder}:v1`, layer: layer.digest, manifest: manifest.digest };
}

async function exchanged(
  url: string,
  method: string,
  ca: string,
  { token, body, headers = {} }: RegistryAsk = {},
): Promise<RegistryAnswer> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const asked = request(url, { method, headers: { ...authorization, ...headers }, ca, agent: false });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const challenge = String(answer.headers['www-authenticate'] ?? '');
  return {
    status: answer.statusCode,
    error: /error="([^"]*)"/.exec(challenge)?.[1] ?? '',
    location: String(answer.headers.location ?? ''),
    text: Buffer.concat(chunks).toString(),
  };
}
