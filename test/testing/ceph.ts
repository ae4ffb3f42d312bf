import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AwsAnswer, type AwsCall, type AwsKeys, startBoto3 } from './boto3.ts';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 45_000;

/** A real object store with the STS of AWS: Ceph's gateway over one monitor and one OSD that keeps all in memory. */
export interface Ceph {
  /** Of S3, STS and IAM alike. */
  readonly endpoint: string;
  /** May do everything to roles, providers and buckets. */
  readonly adminKeys: AwsKeys;
  call(call: AwsCall): Promise<AwsAnswer>;
  /** Lets tokens of this issuer in. The gateway fetches the keys itself, on each login, below this URL. */
  createOidcProvider(provider: OidcProvider): Promise<void>;
  /** Gives the ARN. @throws Error unless it was made */
  createRole(role: CephRole): Promise<string>;
  /** A user who may make buckets, and nothing else that is not granted elsewhere. The ARN is `arn:aws:iam:::user/` and the name. */
  createUser(name: string): Promise<AwsKeys>;
  assumeRoleWithWebIdentity(roleArn: string, token: string, session?: SessionRequest): Promise<AwsSession>;
  stop(): Promise<void>;
}

export interface OidcProvider {
  readonly issuer: string;
  readonly clientIds: readonly string[];
  /** SHA-1 of each certificate in the issuer's key set, in hexadecimal. */
  readonly thumbprints: readonly string[];
}

export interface CephRole {
  readonly name: string;
  readonly issuer: string;
  /** What the token must say, by claim: `aud` and `sub` are known. */
  readonly claims: Readonly<Record<string, string>>;
  readonly actions: readonly string[];
  /** ARNs. */
  readonly resources: readonly string[];
}

export interface SessionRequest {
  readonly name?: string;
  readonly seconds?: number;
}

export interface AwsSession {
  /** 200, or why there are no keys: 403 for whatever is wrong with the token. */
  readonly status: number;
  readonly keys: AwsKeys | undefined;
  /** What the gateway read in the token. */
  readonly subject: string | undefined;
}

/** @param python an interpreter that imports boto3 @throws Error with what the daemons printed when they don't serve in time */
export async function startCeph(python: string): Promise<Ceph> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-ceph-'));
  const daemons: Daemon[] = [];
  const end = async () => {
    // There is nothing to keep.
    await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const { endpoint, adminKeys, createUser } = await startDaemons(directory, daemons);
    const boto3 = startBoto3(python, endpoint);
    const asAdmin = async (service: AwsCall['service'], operation: string, parameters: Record<string, unknown>) => {
      const { code, status, result } = await boto3.call({ service, operation, parameters, keys: adminKeys });
      if (code !== null) throw new Error(`${operation}: ${status} ${code}: ${result}`);
      return result;
    };
    return {
      endpoint,
      adminKeys,
      call: boto3.call,
      async createOidcProvider({ issuer, clientIds, thumbprints }) {
        const parameters = { Url: issuer, ClientIDList: clientIds, ThumbprintList: thumbprints };
        await asAdmin('iam', 'create_open_id_connect_provider', parameters);
      },
      createRole: (role) => createRole(asAdmin, role),
      createUser: (name) => createUser(name),
      async assumeRoleWithWebIdentity(roleArn, token, { name = 'session', seconds = 900 } = {}) {
        const parameters = { RoleArn: roleArn, RoleSessionName: name, WebIdentityToken: token, DurationSeconds: seconds };
        return session(await boto3.call({ service: 'sts', operation: 'assume_role_with_web_identity', parameters }));
      },
      async stop() {
        await boto3.stop();
        await end();
      },
    };
  } catch (error) {
    const said = daemons.map((daemon) => daemon.output().slice(-1500)).join('\n');
    await end();
    throw new Error(`Ceph did not start: ${said}`, { cause: error });
  }
}

type AsAdmin = (
  service: AwsCall['service'],
  operation: string,
  parameters: Record<string, unknown>,
) => Promise<AwsAnswer['result']>;

async function createRole(asAdmin: AsAdmin, { name, issuer, claims, actions, resources }: CephRole): Promise<string> {
  const provider = issuer.replace(/^https?:\/\//, '');
  const conditions = Object.entries(claims).map(([claim, value]) => [`${provider}:${claim}`, value]);
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: [`arn:aws:iam:::oidc-provider/${provider}`] },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: Object.fromEntries(conditions) },
  };
  const made = await asAdmin('iam', 'create_role', { RoleName: name, AssumeRolePolicyDocument: policy(trust) });
  const document = policy({ Effect: 'Allow', Action: actions, Resource: resources });
  await asAdmin('iam', 'put_role_policy', { RoleName: name, PolicyName: name, PolicyDocument: document });
  return made.Role.Arn;
}

/** The gateway takes no white space in it. */
const policy = (statement: Record<string, unknown>): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

function session({ status, result }: AwsAnswer): AwsSession {
  const found = result?.Credentials;
  if (found === undefined) return { status, keys: undefined, subject: undefined };
  const keys = { accessKeyId: found.AccessKeyId, secretAccessKey: found.SecretAccessKey, sessionToken: found.SessionToken };
  return { status, keys, subject: result.SubjectFromWebIdentityToken };
}

interface Daemons {
  readonly endpoint: string;
  readonly adminKeys: AwsKeys;
  createUser(name: string, ...more: readonly string[]): Promise<AwsKeys>;
}

/** Adds each to the list as it starts. */
async function startDaemons(directory: string, daemons: Daemon[]): Promise<Daemons> {
  const [monitor, gateway] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  const conf = join(directory, 'ceph.conf');
  await writeFile(conf, configuration({ directory, fsid, monitor: `v1:127.0.0.1:${monitor}` }));
  await writeFile(join(directory, 'keyring'), keyring(), { mode: 0o600 });
  for (const folder of ['mon', 'osd', 'rgw']) await mkdir(join(directory, folder));
  const environment = { CEPH_CONF: conf };
  const ask = async (program: string, ...words: string[]) =>
    (await run(program, words, { env: daemonEnvironment(environment), timeout: READY_MS })).stdout.trim();
  const start = (program: string, ...words: string[]) => daemons.push(startDaemon(program, ['-f', ...words], { environment }));

  const map = join(directory, 'monmap');
  await ask('monmaptool', '--create', '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, '--fsid', fsid, map);
  await ask('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', join(directory, 'keyring'));
  start('ceph-mon', '-i', 'a');
  await until(READY_MS, async () => (await ask('ceph', '--connect-timeout', '2', 'quorum_status')).includes(fsid));
  const osd = randomUUID();
  await ask('ceph', 'osd', 'new', osd);
  await ask('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
  start('ceph-osd', '-i', '0');
  await until(READY_MS, async () => (await ask('ceph', 'osd', 'stat')).includes('1 up'));
  const endpoint = `http://127.0.0.1:${gateway}`;
  start('radosgw', '-n', 'client.rgw', '--rgw_frontends', `beast endpoint=127.0.0.1:${gateway}`);
  await until(READY_MS, async () => (await fetch(endpoint)).ok);
  const createUser = async (name: string, ...more: readonly string[]): Promise<AwsKeys> => {
    const words = ['user', 'create', `--uid=${name}`, `--display-name=${name}`, ...more, '-n', 'client.rgw'];
    const [key] = JSON.parse(await ask('radosgw-admin', ...words)).keys;
    return { accessKeyId: key.access_key, secretAccessKey: key.secret_key };
  };
  return { endpoint, adminKeys: await createUser('admin', '--caps=roles=*;oidc-provider=*'), createUser };
}

/**
 * Who is in the cluster, each with a key of its own. Without authentication it would be less to write, and now and then fail:
 * an OSD may then send its first command before it has been told which cluster this is.
 */
const keyring = (): string =>
  Object.entries({
    'mon.': { mon: 'allow *' },
    'client.admin': { mon: 'allow *', osd: 'allow *' },
    'client.rgw': { mon: 'allow rw', osd: 'allow rwx' },
    'osd.0': { mon: 'allow profile osd', osd: 'allow *' },
  })
    .map(([name, caps]) => {
      const allowed = Object.entries(caps).map(([kind, what]) => `caps ${kind} = "${what}"`);
      return [`[${name}]`, `key = ${cephxKey()}`, ...allowed, ''].join('\n');
    })
    .join('');

/** Of AES: its type, the time of making it (none), its length, and 16 bytes. */
function cephxKey(): string {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, randomBytes(16)]).toString('base64');
}

interface Cluster {
  readonly directory: string;
  readonly fsid: string;
  readonly monitor: string;
}

/** No manager: nothing here asks for one. The short intervals of paxos are what makes the start a matter of seconds. */
const configuration = ({ directory, fsid, monitor }: Cluster): string => `[global]
fsid = ${fsid}
mon_host = ${monitor}
mon_initial_members = a
public_addr = 127.0.0.1
ms_bind_msgr2 = false
keyring = ${directory}/keyring
run_dir = ${directory}
pid_file = ${directory}/$name.pid
admin_socket = ${directory}/$name.$pid.asok
log_file = ${directory}/$name.log
osd_objectstore = memstore
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
[mon]
mon_data = ${directory}/mon
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
osd_data = ${directory}/osd
[client]
rgw_data = ${directory}/rgw
rgw_thread_pool_size = 32
rgw_s3_auth_use_sts = true
rgw_sts_key = ${randomBytes(8).toString('hex')}
`;
