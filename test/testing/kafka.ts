import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 120_000;
const AUTHORIZER = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';

/** A real Kafka in KRaft mode, plain and with TLS, on the loopback interface: the first broker is the controller as well. */
export interface Kafka {
  /** By broker. */
  readonly servers: readonly string[];
  readonly tlsServer: string;
  /** PEM of the only authority that vouches for it, and its file. */
  readonly tlsCa: string;
  readonly tlsCaFile: string;
  /** A super user. */
  readonly admin: { readonly username: string; readonly password: string };
  /** Everything that the first broker has written to its log, with every request and login in full. */
  log(): Promise<string>;
  /** The process of a broker. */
  pid(broker: number): number;
  /** The first broker, as a power cut would. */
  kill(): Promise<void>;
  /** With everything that it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface KafkaSettings {
  /** One unless said otherwise. */
  readonly brokers?: number;
  /** Of every broker, besides what all have; an empty one is left out. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Node {
  readonly id: number;
  readonly directory: string;
  readonly port: number;
  readonly tlsPort: number;
  daemon: Daemon | undefined;
}

/** @param jars the folder of Kafka's own programs @throws Error with what it printed when it does not serve in time */
export async function startKafka(jars: string, { brokers = 1, settings = {} }: KafkaSettings = {}): Promise<Kafka> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-kafka-'));
  const admin = { username: 'admin', password: randomBytes(12).toString('hex') };
  const [controller, certificate] = [await freePort(), await certify(directory)];
  const nodes: Node[] = [];
  for (let id = 1; id <= brokers; id += 1) {
    const [port, tlsPort] = [await freePort(), await freePort()];
    nodes.push({ id, directory: join(directory, String(id)), port, tlsPort, daemon: undefined });
  }
  const start = async (node: Node) => {
    const log = join(node.directory, 'log');
    await rm(log, { force: true });
    const daemon = startDaemon('java', [...java(jars, log), 'kafka.Kafka', join(node.directory, 'properties')]);
    node.daemon = daemon;
    const serves = async () => (await readFile(log, 'utf8')).includes('Kafka Server started');
    await until(READY_MS, serves, () => `Kafka did not start: ${daemon.output()}`);
  };
  const stop = async () => {
    await Promise.all(nodes.map(({ daemon }) => daemon?.stop('SIGKILL')));
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const cluster = randomBytes(16).toString('base64url').replace(/^-/, 'A');
    for (const node of nodes) await format(node, { jars, cluster, controller, admin, certificate, settings });
    for (const node of nodes) await start(node);
  } catch (error) {
    await stop();
    throw error;
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster has one broker at least');
  return {
    servers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    tlsServer: `127.0.0.1:${first.tlsPort}`,
    tlsCa: await readFile(certificate.cert, 'utf8'),
    tlsCaFile: certificate.cert,
    admin,
    log: () => readFile(join(first.directory, 'log'), 'utf8'),
    pid: (broker) => nodes[broker]?.daemon?.process.pid ?? 0,
    kill: async () => await first.daemon?.stop('SIGKILL'),
    restart: () => start(first),
    stop,
  };
}

/** A small one: it starts in seconds, and does little. */
const java = (jars: string, log: string): string[] => [
  ...['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=info',
  ...['kafka.request.logger', 'org.apache.kafka.common.security'].map((name) => `-Dorg.slf4j.simpleLogger.log.${name}=trace`),
  `-Dorg.slf4j.simpleLogger.logFile=${log}`,
  ...['-cp', `${jars}/*`],
];

interface Certificate {
  readonly cert: string;
  readonly both: string;
}

async function certify(directory: string): Promise<Certificate> {
  const [key, cert, both] = ['key.pem', 'cert.pem', 'both.pem'].map((name) => join(directory, name)) as [string, string, string];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=kafka', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, '-keyout', key, '-out', cert]);
  await writeFile(both, (await readFile(key, 'utf8')) + (await readFile(cert, 'utf8')), { mode: 0o600 });
  return { cert, both };
}

interface Formatting {
  readonly jars: string;
  readonly cluster: string;
  readonly controller: number;
  readonly admin: Kafka['admin'];
  readonly certificate: Certificate;
  readonly settings: Readonly<Record<string, string>>;
}

async function format(node: Node, formatting: Formatting): Promise<void> {
  const { jars, cluster, admin } = formatting;
  await mkdir(node.directory);
  const file = join(node.directory, 'properties');
  const lines = Object.entries(properties(node, formatting)).flatMap(([key, value]) => (value === '' ? [] : [`${key}=${value}`]));
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const scram = ['--add-scram', `SCRAM-SHA-512=[name=${admin.username},password=${admin.password}]`];
  const role = node.id === 1 ? ['--standalone', ...scram] : ['--no-initial-controllers'];
  const words = ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', file, ...role];
  await run('java', [...java(jars, join(node.directory, 'format-log')), ...words], { env: daemonEnvironment() });
}

function properties({ id, directory, port, tlsPort }: Node, { controller, admin, certificate, settings }: Formatting) {
  const listeners = `SASL_PLAINTEXT://127.0.0.1:${port},SASL_SSL://127.0.0.1:${tlsPort}`;
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${admin.username}" password="${admin.password}";`;
  return {
    'node.id': String(id),
    'process.roles': id === 1 ? 'broker,controller' : 'broker',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    listeners: id === 1 ? `${listeners},CONTROLLER://127.0.0.1:${controller}` : listeners,
    'advertised.listeners': listeners,
    'inter.broker.listener.name': 'SASL_PLAINTEXT',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config': login,
    'listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config': login,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': login,
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': login,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificate.both,
    'authorizer.class.name': AUTHORIZER,
    // The controllers of this cluster know each other by nothing but their listener.
    'super.users': `User:${admin.username};User:ANONYMOUS`,
    'log.dirs': join(directory, 'data'),
    // Without a snapshot, a broker that starts after users were removed knows none at all: docs/reference/engines/kafka.md.
    'metadata.log.max.snapshot.interval.ms': '500',
    'connection.failed.authentication.delay.ms': '0',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    ...settings,
  };
}
