import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Real components found on this machine. A test that needs one is declared by `describe.skipIf(!inject('services').curl)`. */
export interface Services {
  /** Python interpreter that imports hvac. */
  readonly hvac: string | undefined;
  /** Python interpreter that imports PyJWT with what it verifies signatures by. */
  readonly pyJwt: string | undefined;
  /** The framework of that name. */
  readonly preCommit: string | undefined;
  readonly curl: string | undefined;
  readonly openssl: string | undefined;
  readonly wrk: string | undefined;
  /** The program of `test/wire/go`, made with the official Go client of Vault. */
  readonly goClient: string | undefined;
  /** Whether a SLURM cluster of our own can be started: its daemons, munged, and root to run jobs as somebody else. */
  readonly slurm: boolean;
  /** Python interpreter that imports boto3, the client of AWS. */
  readonly boto3: string | undefined;
  /** Whether an object store of our own can be started: Ceph's monitor, OSD and gateway. */
  readonly ceph: boolean;
  /** The program of MinIO's server. */
  readonly minio: string | undefined;
  /** The folder with the two programs of SPIRE. */
  readonly spire: string | undefined;
  /** The folder with the programs of a PostgreSQL server. */
  readonly postgresql: string | undefined;
  /** Whether an SSH server of our own can be started, and asked with the client of OpenSSH. */
  readonly sshd: boolean;
  /** Whether a RabbitMQ of our own can be started. */
  readonly rabbitmq: boolean;
  /** Whether a MariaDB of our own can be started, and asked with its own client. */
  readonly mariadb: boolean;
  /** Whether a Redis of our own can be started, and asked with its own client. */
  readonly redis: boolean;
  /** Whether a NATS server of our own can be started. */
  readonly nats: boolean;
  /** Whether an OCI registry of our own can be started, and asked with skopeo. */
  readonly ociRegistry: boolean;
  /** The program of Azurite's blob service. */
  readonly azurite: string | undefined;
  /** Python interpreter that runs MLflow's server with its users. */
  readonly mlflow: string | undefined;
  /** Python interpreter that runs SecantusDB, which speaks MongoDB's protocol, and imports pymongo. */
  readonly mongodb: string | undefined;
  /** The folder with the programs of a Kafka broker. */
  readonly kafka: string | undefined;
  /** Python interpreter that imports kafka-python, a client of Kafka. */
  readonly kafkaPython: string | undefined;
  /** The folder with the programs of an OpenSearch server and its security plugin. */
  readonly opensearch: string | undefined;
  /** Whether a small file system of our own can be mounted. */
  readonly mount: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    services: Services;
  }
}

/**
 * How to get each. `mount` is not among them: a container may forbid it, and its tests have an injected twin. Nor is `minio`: it is
 * minutes of work to build (`go install github.com/minio/minio@latest`), and Ceph tests the same engine.
 */
const remedies: Readonly<Record<Exclude<keyof Services, 'mount' | 'minio'>, string>> = {
  hvac: '.ci/run makes .ci-cache/python; or pip install hvac',
  pyJwt: '.ci/run makes .ci-cache/python; or pip install PyJWT cryptography',
  preCommit: '.ci/run makes .ci-cache/python; or pip install pre-commit',
  curl: 'apt-get install curl',
  openssl: 'apt-get install openssl',
  wrk: 'apt-get install wrk',
  goClient: '.ci/run builds it in .ci-cache/go-client; needs Go 1.25 or newer',
  slurm: 'apt-get install munge slurmctld slurmd slurm-client, and run as root',
  boto3: '.ci/run makes .ci-cache/python; or pip install boto3',
  ceph: 'apt-get install radosgw ceph-mon ceph-osd ceph-common',
  sshd: 'apt-get install openssh-server openssh-client',
  rabbitmq: 'apt-get install rabbitmq-server',
  mariadb: 'apt-get install mariadb-server mariadb-client',
  redis: 'apt-get install redis-server redis-tools',
  nats: 'apt-get install nats-server',
  ociRegistry: 'apt-get install docker-registry skopeo',
  azurite: '.ci/run puts it in .ci-cache/azurite with npm',
  mlflow: '.ci/run makes .ci-cache/mlflow, a virtual environment of Python',
  mongodb: '.ci/run makes .ci-cache/mongodb, a virtual environment of Python',
  kafka: 'apt-get install maven openjdk-17-jre-headless; .ci/run puts it in .ci-cache/kafka',
  kafkaPython: '.ci/run makes .ci-cache/python; or pip install kafka-python',
  opensearch: 'apt-get install maven openjdk-17-jre-headless; .ci/run puts it in .ci-cache/opensearch',
  spire: '.ci/run builds .ci-cache/spire with Go 1.25 or newer',
  postgresql: 'apt-get install postgresql',
};

export interface MissingService {
  readonly service: string;
  readonly remedy: string;
}

export function missingServices(services: Services): readonly MissingService[] {
  const found: Readonly<Record<string, unknown>> = { ...services };
  return Object.entries(remedies).flatMap(([service, remedy]) => (found[service] ? [] : [{ service, remedy }]));
}

const succeeds = (file: string, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => execFile(file, args, { timeout: 10_000 }, (error) => resolve(error === null)));

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

/** What `.ci/run` installs is taken before what else there is. */
async function preCommitFramework(): Promise<string | undefined> {
  const own = join(import.meta.dirname, '../../.ci-cache/python/bin/pre-commit');
  return (await succeeds(own, ['--version'])) ? own : onPath('pre-commit');
}

/** The first interpreter that finds these modules. */
async function pythonWith(...modules: string[]): Promise<string | undefined> {
  const found = 'import importlib.util, sys; sys.exit(None in map(importlib.util.find_spec, sys.argv[1:]))';
  const finds = ['-c', found, ...modules];
  for (const python of [join(import.meta.dirname, '../../.ci-cache/python/bin/python3'), 'python3', '/usr/bin/python3']) {
    if (await succeeds(python, finds)) return python;
  }
  return undefined;
}

async function canRunSlurm(): Promise<boolean> {
  const programs = ['munge', 'unmunge', 'sbatch', 'squeue', 'setpriv'].map(onPath);
  const daemons = ['munged', 'slurmctld', 'slurmd'].map((name) => succeeds('test', ['-x', `/usr/sbin/${name}`]));
  return process.getuid?.() === 0 && (await Promise.all([...programs, ...daemons])).every(Boolean);
}

async function canRunCeph(): Promise<boolean> {
  const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin', 'setpriv'].map(onPath);
  return (await Promise.all(programs)).every(Boolean);
}

async function builtGoClient(): Promise<string | undefined> {
  const program = join(import.meta.dirname, '../../.ci-cache/go-client/logins');
  return (await succeeds('test', ['-x', program])) ? program : undefined;
}

async function spirePrograms(): Promise<string | undefined> {
  const folder = join(import.meta.dirname, '../../.ci-cache/spire');
  const both = await Promise.all(['spire-server', 'spire-agent'].map((name) => succeeds(join(folder, name), ['--version'])));
  return both.every(Boolean) && process.getuid?.() === 0 ? folder : undefined;
}

/** The newest one; psql and what changes users must be there as well. */
async function postgresqlPrograms(): Promise<string | undefined> {
  if (!(await Promise.all(['psql', 'setpriv'].map(onPath))).every(Boolean)) return undefined;
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
  for (const folder of folders) if (await succeeds(join(folder, 'postgres'), ['--version'])) return folder;
  return undefined;
}

async function canRunSshd(): Promise<boolean> {
  const client = await Promise.all(['ssh', 'ssh-keygen', 'setpriv'].map(onPath));
  return client.every(Boolean) && (await succeeds('test', ['-x', '/usr/sbin/sshd']));
}

async function canRunRabbitmq(): Promise<boolean> {
  const programs = await Promise.all(['erl', 'setpriv'].map(onPath));
  return programs.every(Boolean) && (await succeeds('test', ['-x', '/usr/lib/rabbitmq/bin/rabbitmq-server']));
}

const canRun = async (...programs: string[]): Promise<boolean> => (await Promise.all(programs.map(onServerPath))).every(Boolean);

const onServerPath = async (program: string): Promise<boolean> =>
  (await onPath(program)) !== undefined || (await succeeds('test', ['-x', `/usr/sbin/${program}`]));

/** On the path, or where it was put by hand. */
async function minioServer(): Promise<string | undefined> {
  const own = join(import.meta.dirname, '../../.ci-cache/minio/minio');
  return (await succeeds('test', ['-x', own])) ? own : onPath('minio');
}

async function azuriteProgram(): Promise<string | undefined> {
  const program = join(import.meta.dirname, '../../.ci-cache/azurite/node_modules/azurite/dist/src/blob/main.js');
  return (await succeeds('test', ['-f', program])) ? program : undefined;
}

async function mlflowPython(): Promise<string | undefined> {
  const python = join(import.meta.dirname, '../../.ci-cache/mlflow/bin/python3');
  return (await succeeds('test', ['-f', join(import.meta.dirname, '../../.ci-cache/mlflow/bin/mlflow')])) ? python : undefined;
}

async function mongodbPython(): Promise<string | undefined> {
  const python = join(import.meta.dirname, '../../.ci-cache/mongodb/bin/python3');
  return (await succeeds(python, ['-c', 'import pymongo, wiredtiger'])) ? python : undefined;
}

async function kafkaPrograms(): Promise<string | undefined> {
  const folder = join(import.meta.dirname, '../../.ci-cache/kafka');
  const complete = await succeeds('test', ['-f', join(folder, 'version')]);
  return complete && (await canRun('java', 'setpriv')) ? folder : undefined;
}

async function opensearchPrograms(): Promise<string | undefined> {
  const folder = join(import.meta.dirname, '../../.ci-cache/opensearch');
  const complete = await succeeds('test', ['-f', join(folder, 'version')]);
  return complete && (await canRun('java', 'setpriv', 'openssl', 'curl')) ? folder : undefined;
}

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-mount-'));
  try {
    if (!(await succeeds('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'watchword-test', folder]))) return false;
    return await succeeds('umount', [folder]);
  } finally {
    await rmdir(folder).catch(() => undefined);
  }
}

async function canRunMariadb(): Promise<boolean> {
  return (await succeeds('/usr/sbin/mariadbd', ['--version'])) && (await canRun('mariadb', 'mariadb-install-db', 'setpriv'));
}

export async function findServices(): Promise<Services> {
  const [
    hvac,
    pyJwt,
    preCommit,
    curl,
    openssl,
    wrk,
    goClient,
    slurm,
    boto3,
    ceph,
    minio,
    spire,
    postgresql,
    sshd,
    rabbitmq,
    mariadb,
    redis,
    nats,
    ociRegistry,
    azurite,
    mlflow,
    mongodb,
    kafka,
    kafkaPython,
    opensearch,
    mount,
  ] = await Promise.all([
    pythonWith('hvac'),
    pythonWith('jwt', 'cryptography'),
    preCommitFramework(),
    onPath('curl'),
    onPath('openssl'),
    onPath('wrk'),
    builtGoClient(),
    canRunSlurm(),
    pythonWith('boto3'),
    canRunCeph(),
    minioServer(),
    spirePrograms(),
    postgresqlPrograms(),
    canRunSshd(),
    canRunRabbitmq(),
    canRunMariadb(),
    canRun('redis-server', 'redis-cli', 'setpriv'),
    canRun('nats-server', 'setpriv'),
    canRun('docker-registry', 'skopeo', 'setpriv'),
    azuriteProgram(),
    mlflowPython(),
    mongodbPython(),
    kafkaPrograms(),
    pythonWith('kafka'),
    opensearchPrograms(),
    canMount(),
  ]);
  return {
    hvac,
    pyJwt,
    preCommit,
    curl,
    openssl,
    wrk,
    goClient,
    slurm,
    boto3,
    ceph,
    minio,
    spire,
    postgresql,
    sshd,
    rabbitmq,
    mariadb,
    redis,
    nats,
    ociRegistry,
    azurite,
    mlflow,
    mongodb,
    kafka,
    kafkaPython,
    opensearch,
    mount,
  };
}

/** Once before all tests. With REQUIRE_SERVICES=1 nothing may be skipped, so a missing one ends the run. */
export async function setup(project: TestProject): Promise<void> {
  const services = await findServices();
  const missing = missingServices(services);
  if (process.env['REQUIRE_SERVICES'] === '1' && missing.length > 0) {
    throw new Error(`services missing: ${missing.map(({ service, remedy }) => `${service} (${remedy})`).join('; ')}`);
  }
  project.provide('services', services);
}
