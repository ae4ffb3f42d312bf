import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hash } from 'bcryptjs';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 120_000;

/** A real OpenSearch of one node with its security plugin, on the loopback interface. */
export interface Opensearch {
  /** Over TLS: it speaks nothing else. */
  readonly url: string;
  readonly port: number;
  /** PEM of the only authority that vouches for it, and its file. */
  readonly tlsCa: string;
  readonly tlsCaFile: string;
  /** With every right. */
  readonly admin: Login;
  /** With the right to the REST API of the plugin, and no other. */
  readonly account: Login;
  /** As the administrator, unless another login is said: the status, and what was said. */
  ask(method: string, path: string, body?: object, login?: Login): Promise<OpensearchAnswer>;
  /** Everything that it has printed to its log, the audit log with the bodies of requests included. */
  log(): Promise<string>;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** With everything that it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface OpensearchAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
  readonly body: any;
}

/** @param programs the folder of the server's own programs @throws Error with what it printed when it does not serve in time */
export async function startOpensearch(programs: string): Promise<Opensearch> {
  const home = await mkdtemp(join(tmpdir(), 'watchword-opensearch-'));
  const [admin, account] = ['admin', 'watchword'].map((username) => ({
    username,
    password: randomBytes(12).toString('hex'),
  })) as [Login, Login];
  const [port, inner] = [await freePort(), await freePort()];
  const stop = async () => {
    // It may write until it is gone, and there is nothing to keep.
    await node?.stop('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  let node: Daemon | undefined;
  const tlsCaFile = join(home, 'config/cert.pem');
  await lay(home, programs);
  await certify(join(home, 'config'));
  await writeFile(join(home, 'config/opensearch.yml'), configuration(home, port, inner));
  await writeFile(join(home, 'config/log4j2.properties'), LOGGING.replace('FILE', join(home, 'logs/all')));
  await writeFile(join(home, 'config/opensearch-security/internal_users.yml'), await users(admin, account));
  await own(home);
  const tlsCa = await readFile(tlsCaFile, 'utf8');
  const url = `https://127.0.0.1:${port}`;
  const ask: Opensearch['ask'] = (method, path, body, login = admin) => send(`${url}/${path}`, tlsCa, { method, body, login });
  const start = async () => {
    const started = startDaemon('setpriv', [...unprivileged(), 'java', ...java(home)], {
      environment: daemonEnvironment({ HOME: home }),
      directory: home,
    });
    node = started;
    const serves = async () => (await ask('GET', '_plugins/_security/authinfo')).status === 200;
    await until(READY_MS, serves, () => `OpenSearch did not start: ${started.output()}`);
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ url, port, tlsCa, tlsCaFile, admin, account, ask, stop },
    log: () => readFile(join(home, 'logs/all'), 'utf8'),
    kill: async () => await node?.stop('SIGKILL'),
    restart: start,
  };
}

interface Sent {
  readonly method: string;
  readonly body: object | undefined;
  readonly login: Login;
}

function send(url: string, ca: string, { method, body, login }: Sent): Promise<OpensearchAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(url, { method, ca, headers, auth: `${login.username}:${login.password}`, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('error', reject).on('end', () => {
        const json = /^application\/json/.test(answer.headers['content-type'] ?? '');
        resolve({ status: answer.statusCode ?? 0, body: json ? JSON.parse(text) : text });
      });
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Copied, since it reads nothing that it can't find below its own folder, and somebody else than the developer reads. */
async function lay(home: string, programs: string): Promise<void> {
  for (const folder of ['bin', 'modules', 'data', 'logs', 'config']) await mkdir(join(home, folder));
  for (const folder of ['lib', 'plugins']) await cp(join(programs, folder), join(home, folder), { recursive: true });
  const given = join(home, 'plugins/opensearch-security/config');
  await cp(given, join(home, 'config/opensearch-security'), { recursive: true });
  const main = join(home, 'config/opensearch-security/config.yml');
  const keys = ['signing', 'encryption'].map((name) => `      ${name}_key: "${randomBytes(64).toString('base64')}"\n`).join('');
  // By default, nobody makes tokens.
  const tokens = `  dynamic:\n    on_behalf_of:\n      enabled: true\n${keys}`;
  await writeFile(main, (await readFile(main, 'utf8')).replace('  dynamic:\n', tokens));
  const audit = join(home, 'config/opensearch-security/audit.yml');
  const text = await readFile(audit, 'utf8');
  // By default, what is allowed is not logged.
  await writeFile(
    audit,
    text.replaceAll(/^ *- (?:AUTHENTICATED|GRANTED_PRIVILEGES)\n/gm, '').replaceAll(/(disabled_\w+_categories:) *$/gm, '$1 []'),
  );
}

/** It refuses to be root. */
const unprivileged = (): string[] =>
  process.getuid?.() === 0
    ? ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', '--pdeathsig', 'KILL']
    : ['--pdeathsig', 'KILL'];

async function own(home: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await chmod(home, 0o755);
  await run('chown', ['-R', `${NOBODY}:${NOBODY}`, ...['data', 'logs', 'config'].map((folder) => join(home, folder))]);
  await chown(home, NOBODY, NOBODY);
}

async function certify(folder: string): Promise<void> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=opensearch', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, ...files]);
}

function configuration(home: string, port: number, inner: number): string {
  const tls = ['transport', 'http'].flatMap((layer) => [
    `plugins.security.ssl.${layer}.pemcert_filepath: cert.pem`,
    `plugins.security.ssl.${layer}.pemkey_filepath: key.pem`,
    `plugins.security.ssl.${layer}.pemtrustedcas_filepath: cert.pem`,
  ]);
  return [
    'discovery.type: single-node',
    `path.data: ${join(home, 'data')}`,
    `path.logs: ${join(home, 'logs')}`,
    'network.host: 127.0.0.1',
    `http.port: ${port}`,
    `transport.port: ${inner}`,
    // Of a full disk it would write nothing.
    'cluster.routing.allocation.disk.threshold_enabled: false',
    ...tls,
    'plugins.security.ssl.http.enabled: true',
    'plugins.security.nodes_dn: ["CN=opensearch"]',
    'plugins.security.allow_default_init_securityindex: true',
    'plugins.security.restapi.roles_enabled: ["all_access", "security_rest_api_access", "half"]',
    'plugins.security.restapi.endpoints_disabled.half.INTERNALUSERS: ["DELETE", "PATCH"]',
    'plugins.security.audit.type: log4j',
    'plugins.security.audit.config.log4j.logger_name: audit',
    'plugins.security.audit.config.log4j.level: INFO',
    '',
  ].join('\n');
}

const LOGGING = `status = error
appender.all.type = File
appender.all.name = all
appender.all.fileName = FILE
appender.all.layout.type = PatternLayout
appender.all.layout.pattern = [%p][%c] %m%n
rootLogger.level = info
rootLogger.appenderRef.all.ref = all
logger.security.name = org.opensearch.security
logger.security.level = debug
logger.rest.name = org.opensearch.http
logger.rest.level = trace
`;

async function users(admin: Login, account: Login): Promise<string> {
  const user = async ({ username, password }: Login, role: string) =>
    `${username}:\n  hash: "${await hash(password, 4)}"\n  opendistro_security_roles: ["${role}"]\n`;
  const meta = '_meta:\n  type: "internalusers"\n  config_version: 2\n';
  const reserved = `kept:\n  hash: "${await hash(randomBytes(12).toString('hex'), 4)}"\n  reserved: true\n`;
  return `${meta}${await user(admin, 'all_access')}${await user(account, 'security_rest_api_access')}${reserved}`;
}

const java = (home: string): string[] => [
  ...['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  // It keeps itself from what it has no business with, which newer machines do only where it is allowed.
  '-Djava.security.manager=allow',
  `-Djava.io.tmpdir=${join(home, 'data')}`,
  `-Dopensearch.path.home=${home}`,
  `-Dopensearch.path.conf=${join(home, 'config')}`,
  ...['-cp', `${home}/lib/*`, 'org.opensearch.bootstrap.OpenSearch'],
];
