import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 90_000;

/** A real MLflow server with basic authentication, over TLS, on the loopback interface. Nobody may do anything by default. */
export interface Mlflow {
  readonly url: string;
  readonly tlsCa: string;
  readonly admin: MlflowAccount;
  /** As somebody. @param path below `/api/` */
  ask(account: MlflowAccount, method: string, path: string, body?: object): Promise<MlflowAnswer>;
  /** As the administrator, what must work. */
  asAdmin(method: string, path: string, body?: object): Promise<MlflowAnswer['body']>;
  /** Runs Python with MLflow's own client. What it printed; rejects where it fails. */
  python(account: MlflowAccount, script: string): Promise<string>;
  /** Everything that it has printed. */
  log(): string;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** With everything that it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface MlflowAccount {
  readonly username: string;
  readonly password: string;
}

export interface MlflowAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

interface MlflowSettings {
  /** Of every user, on everything. */
  readonly defaultPermission?: string;
  /** Where it keeps experiments, models and users; a file of its own otherwise. */
  readonly database?: string;
}

/** @param python an interpreter that imports MLflow @throws Error with what it printed when it does not serve in time */
export async function startMlflow(python: string, settings: MlflowSettings = {}): Promise<Mlflow> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-mlflow-'));
  const admin = { username: 'admin', password: randomBytes(12).toString('hex') };
  const [port, certificate] = [await freePort(), await certify(directory)];
  const { words, environment } = await command(directory, { port, admin, ...settings });
  const url = `https://127.0.0.1:${port}`;
  const ask: Mlflow['ask'] = (account, method, path, body) =>
    exchange({ url: `${url}/api/${path}`, method, account, body, ca: certificate });
  let daemon: Daemon;
  const start = async () => {
    daemon = startDaemon(python, words, { environment, directory });
    const ready = async () => (await ask(admin, 'GET', '2.0/mlflow/users/get?username=admin')).status === 200;
    await until(READY_MS, ready, daemon.output);
  };
  const stop = async () => {
    await daemon?.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    tlsCa: certificate,
    admin,
    ask,
    async asAdmin(method, path, body) {
      const answer = await ask(admin, method, path, body);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async python({ username, password }, script) {
      const own = {
        MLFLOW_TRACKING_URI: url,
        MLFLOW_TRACKING_USERNAME: username,
        MLFLOW_TRACKING_PASSWORD: password,
        MLFLOW_TRACKING_SERVER_CERT_PATH: join(directory, 'cert.pem'),
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        HOME: directory,
      };
      const { stdout } = await run(python, ['-c', script], { env: daemonEnvironment(own), cwd: directory, timeout: 60_000 });
      return stdout.trim();
    },
    log: () => daemon.output(),
    kill: () => daemon.stop('SIGKILL'),
    restart: start,
    stop,
  };
}

async function certify(directory: string): Promise<string> {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=mlflow', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, '-keyout', key, '-out', cert]);
  await chmod(key, 0o600);
  return await readFile(cert, 'utf8');
}

interface Starting extends MlflowSettings {
  readonly port: number;
  readonly admin: MlflowAccount;
}

async function command(directory: string, { port, admin, defaultPermission = 'NO_PERMISSIONS', database }: Starting) {
  const configuration = join(directory, 'auth.ini');
  const lines = [
    '[mlflow]',
    `default_permission = ${defaultPermission}`,
    `database_uri = ${database ?? `sqlite:///${directory}/auth.db`}`,
    `admin_username = ${admin.username}`,
    `admin_password = ${admin.password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });
  // What `mlflow server` would start, without it: its processes would outlive whoever started it.
  const place = ['--host', '127.0.0.1', '--port', String(port)];
  const tls = ['--ssl-keyfile', `${directory}/key.pem`, '--ssl-certfile', `${directory}/cert.pem`];
  return {
    words: ['-m', 'uvicorn', ...place, ...tls, '--factory', 'mlflow.server.auth:create_app'],
    environment: {
      HOME: directory,
      MLFLOW_AUTH_CONFIG_PATH: configuration,
      MLFLOW_FLASK_SERVER_SECRET_KEY: randomBytes(16).toString('hex'),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      _MLFLOW_SGI_NAME: 'uvicorn',
      _MLFLOW_SERVER_FILE_STORE: database ?? `sqlite:///${directory}/mlflow.db`,
      _MLFLOW_SERVER_ARTIFACT_ROOT: 'mlflow-artifacts:/',
      _MLFLOW_SERVER_ARTIFACT_DESTINATION: `${directory}/artifacts`,
      _MLFLOW_SERVER_SERVE_ARTIFACTS: 'true',
    },
  };
}

interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly account: MlflowAccount;
  readonly body: object | undefined;
  readonly ca: string;
}

async function exchange({ url, method, account: { username, password }, body, ca }: Exchange): Promise<MlflowAnswer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const asked = request(url, { method, auth: `${username}:${password}`, headers, ca, agent: false });
  asked.end(text);
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const said = Buffer.concat(chunks).toString();
  try {
    return { status: answer.statusCode, body: JSON.parse(said) };
  } catch {
    return { status: answer.statusCode, body: said };
  }
}
