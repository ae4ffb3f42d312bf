import { execFile } from 'node:child_process';
import type { JsonWebKey } from 'node:crypto';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 30_000;

/** A real SPIRE server and an agent that it knows by a join token; workloads are told apart by their user. Needs root. */
export interface Spire {
  readonly trustDomain: string;
  /** The agent's Workload API, as `SPIFFE_ENDPOINT_SOCKET` wants it without `unix://`. */
  readonly socket: string;
  /** Resolves once processes of this user get the identity. @returns the SPIFFE ID */
  register(path: string, user?: number): Promise<string>;
  /** As a process of the user. The agent gives the same one again for half of its life. @throws Error when it has no identity */
  fetchJwtSvid(audience: string, user?: number): Promise<string>;
  fetchX509Svid(user?: number): Promise<X509Svid>;
  /** What the trust domain publishes (SPIFFE Trust Domain and Bundle § 4): a JWKS with keys of both uses. */
  bundle(): Promise<SpiffeBundle>;
  /** New SVIDs are signed by another key, and the old key stays in the bundle. @returns the id of the old one */
  rotate(kind: AuthorityKind): Promise<string>;
  /** Says of a key that signs no more that it must not be relied on. The agent hears it within a second and replaces what it signed. */
  taint(kind: AuthorityKind, authority: string): Promise<void>;
  /** Takes a tainted key out of the bundle. Before the agent has heard of the taint, it goes on giving what the key signed. */
  revoke(kind: AuthorityKind, authority: string): Promise<void>;
  stop(): Promise<void>;
}

/** PEM. */
export interface X509Svid {
  /** The SVID, and intermediates if there are any. */
  readonly chain: string;
  readonly key: string;
  /** Who may sign in the trust domain. */
  readonly bundle: string;
}

interface TokenKey {
  readonly use: 'jwt-svid';
  readonly kid: string;
}

interface Authority {
  readonly use: 'x509-svid';
  readonly x5c: readonly string[];
}

export interface SpiffeBundle {
  readonly keys: readonly (JsonWebKey & (TokenKey | Authority))[];
  readonly spiffe_sequence: number;
}

/** A JWT authority is known by its `kid`, an X.509 one by its subject key id. */
export type AuthorityKind = 'jwt' | 'x509';

/** @param programs folder of spire-server and spire-agent @throws Error with what they printed when they don't serve in time */
export async function startSpire(programs: string, trustDomain = 'example.test'): Promise<Spire> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-spire-'));
  await chmod(directory, 0o755);
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const places = await lay({ directory, programs, trustDomain });
    const agentId = await startDaemons(places, daemons);
    return { trustDomain, socket: places.agentSocket, ...registrations(places, agentId), ...authorities(places), stop };
  } catch (error) {
    const said = daemons.map((daemon) => daemon.output().slice(-1500)).join('\n');
    await stop();
    throw new Error(`SPIRE did not start: ${said}`, { cause: error });
  }
}

interface Places {
  readonly directory: string;
  readonly trustDomain: string;
  readonly serverSocket: string;
  readonly agentSocket: string;
  readonly server: string;
  /** A copy that every user can reach. */
  readonly agent: string;
}

async function lay({
  directory,
  programs,
  trustDomain,
}: {
  directory: string;
  programs: string;
  trustDomain: string;
}): Promise<Places> {
  const file = (name: string) => join(directory, name);
  for (const folder of ['server', 'agent', 'public']) await mkdir(file(folder));
  await chmod(file('public'), 0o755);
  await chmod(file('server'), 0o700);
  await chmod(file('agent'), 0o700);
  await copyFile(join(programs, 'spire-agent'), file('public/spire-agent'));
  await chmod(file('public/spire-agent'), 0o755);
  const port = await freePort();
  const places: Places = {
    directory,
    trustDomain,
    serverSocket: file('server/api.sock'),
    agentSocket: file('public/agent.sock'),
    server: join(programs, 'spire-server'),
    agent: file('public/spire-agent'),
  };
  await writeFile(file('server.conf'), serverConfiguration(places, port));
  await writeFile(file('agent.conf'), agentConfiguration(places, port));
  return places;
}

/** Adds each to the list as it starts. @returns the agent's own SPIFFE ID */
async function startDaemons(places: Places, daemons: Daemon[]): Promise<string> {
  const file = (name: string) => join(places.directory, name);
  daemons.push(startDaemon(places.server, ['run', '-config', file('server.conf')]));
  await until(READY_MS, () => askServer(places, 'healthcheck').then(() => true));
  await writeFile(file('agent/bootstrap.pem'), await askServer(places, 'bundle', 'show'));
  const { value } = JSON.parse(await askServer(places, 'token', 'generate', '-output', 'json'));
  await writeFile(file('agent/join-token'), value, { mode: 0o600 });
  const words = ['run', '-config', file('agent.conf'), '-joinTokenFile', file('agent/join-token')];
  daemons.push(startDaemon(places.agent, words));
  await until(READY_MS, () => run(places.agent, ['healthcheck', '-socketPath', places.agentSocket]).then(() => true));
  return `spiffe://${places.trustDomain}/spire/agent/join_token/${value}`;
}

const askServer = async ({ server, serverSocket }: Places, ...words: string[]): Promise<string> =>
  (await run(server, [...words, '-socketPath', serverSocket], { env: daemonEnvironment() })).stdout;

type Registrations = Pick<Spire, 'register' | 'fetchJwtSvid' | 'fetchX509Svid'>;

function registrations(places: Places, agentId: string): Registrations {
  const { agent, agentSocket, directory, trustDomain } = places;
  const askAgent = async (user: number, ...words: string[]) => {
    const asUser = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', agent, 'api', 'fetch', ...words];
    return (await run('setpriv', [...asUser, '-socketPath', agentSocket], { env: daemonEnvironment(), cwd: '/' })).stdout;
  };
  const fetchJwtSvid = async (audience: string, user: number = NOBODY): Promise<string> => {
    const [{ svids }] = JSON.parse(await askAgent(user, 'jwt', '-audience', audience, '-output', 'json'));
    return svids[0].svid;
  };
  return {
    fetchJwtSvid,
    async register(path, user = NOBODY) {
      const id = `spiffe://${trustDomain}/${path}`;
      const words = ['entry', 'create', '-parentID', agentId, '-spiffeID', id, '-selector', `unix:uid:${user}`];
      await askServer(places, ...words);
      await until(READY_MS, () => fetchJwtSvid('registration', user).then(() => true));
      return id;
    },
    async fetchX509Svid(user = NOBODY) {
      const folder = await mkdtemp(join(directory, 'public/svid-'));
      try {
        await chown(folder, user, user);
        await askAgent(user, 'x509', '-silent', '-write', folder);
        const read = (name: string) => readFile(join(folder, name), 'utf8');
        const [chain, key, bundle] = await Promise.all([read('svid.0.pem'), read('svid.0.key'), read('bundle.0.pem')]);
        return { chain, key, bundle };
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

function authorities(places: Places): Pick<Spire, 'bundle' | 'rotate' | 'taint' | 'revoke'> {
  const ask = async (kind: AuthorityKind, verb: string, ...words: string[]) =>
    JSON.parse(await askServer(places, 'localauthority', kind, verb, ...words, '-output', 'json'));
  return {
    bundle: async () => JSON.parse(await askServer(places, 'bundle', 'show', '-format', 'spiffe')),
    async rotate(kind) {
      const { prepared_authority: prepared } = await ask(kind, 'prepare');
      const { active } = await ask(kind, 'show');
      await ask(kind, 'activate', '-authorityID', prepared.authority_id);
      return active.authority_id;
    },
    taint: (kind, authority) => ask(kind, 'taint', '-authorityID', authority),
    revoke: (kind, authority) => ask(kind, 'revoke', '-authorityID', authority),
  };
}

/** The short intervals are what makes an entry known to the agent at once; both are 5 seconds otherwise. */
const serverConfiguration = ({ directory, trustDomain, serverSocket }: Places, port: number): string => `server {
  bind_address = "127.0.0.1"
  bind_port = ${port}
  socket_path = "${serverSocket}"
  trust_domain = "${trustDomain}"
  data_dir = "${directory}/server"
  log_level = "WARN"
  ca_ttl = "2h"
  default_x509_svid_ttl = "10m"
  default_jwt_svid_ttl = "5m"
  experimental { cache_reload_interval = "200ms" }
}
plugins {
  DataStore "sql" {
    plugin_data { database_type = "sqlite3" connection_string = "${directory}/server/datastore.sqlite3" }
  }
  KeyManager "memory" { plugin_data {} }
  NodeAttestor "join_token" { plugin_data {} }
}
`;

const agentConfiguration = ({ directory, trustDomain, agentSocket }: Places, port: number): string => `agent {
  server_address = "127.0.0.1"
  server_port = ${port}
  socket_path = "${agentSocket}"
  trust_domain = "${trustDomain}"
  data_dir = "${directory}/agent"
  trust_bundle_path = "${directory}/agent/bootstrap.pem"
  log_level = "WARN"
  experimental { sync_interval = "500ms" }
}
plugins {
  KeyManager "memory" { plugin_data {} }
  NodeAttestor "join_token" { plugin_data {} }
  WorkloadAttestor "unix" { plugin_data {} }
}
`;
