import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection, nkeys } from '@nats-io/transport-node';
import {
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { credsFile, type NatsClaims, signClaims } from '../../src/leases/engines/nats/claims.ts';
import { type Daemon, freePort, startDaemon, until } from './daemon.ts';

const READY_MS = 15_000;
const HOST = '127.0.0.1';

/** A key that the official library has made. */
export interface NatsKey {
  readonly publicKey: string;
  readonly seed: string;
  sign(bytes: Uint8Array): Buffer;
}

/** A real NATS server over TLS, with an operator, a system account and one account whose JWT can be changed while it runs. */
export interface NatsServer {
  readonly port: number;
  /** PEM of the authority that its certificate (127.0.0.1, localhost) comes from. */
  readonly ca: string;
  readonly operator: NatsKey;
  readonly account: NatsKey;
  /** Signs users of the account; and one that may only sign users as its scope says. */
  readonly signingKey: NatsKey;
  readonly scopedKey: NatsKey;
  /** The file of a user of the system account. */
  readonly systemCreds: string;
  /** By the official client, which does not try again. Closing it is the caller's. */
  logIn(creds: string, inboxPrefix?: string): Promise<NatsConnection>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function newNatsKey(kind: 'operator' | 'account' | 'user'): NatsKey {
  const make = { operator: nkeys.createOperator, account: nkeys.createAccount, user: nkeys.createUser };
  const pair = make[kind]();
  return {
    publicKey: pair.getPublicKey(),
    seed: Buffer.from(pair.getSeed()).toString(),
    sign: (bytes) => Buffer.from(pair.sign(bytes)),
  };
}

const UNLIMITED = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

const claimsOf = (key: NatsKey, name: string, nats: object): NatsClaims => ({
  sub: key.publicKey,
  name,
  iat: Math.floor(Date.now() / 1000) - 60,
  nats: { ...nats, version: 2 },
});

/** Of an account's user with every right and no end. */
export function userCreds(account: NatsKey, name: string): string {
  const user = newNatsKey('user');
  const nats = { type: 'user', pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
  return credsFile(signClaims(claimsOf(user, name, nats), account), user.seed);
}

/** @throws Error with what it printed when it does not serve in time */
export async function startNats(): Promise<NatsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-nats-'));
  const operator = newNatsKey('operator');
  const [system, account] = [newNatsKey('account'), newNatsKey('account')];
  const [signingKey, scopedKey] = [newNatsKey('account'), newNatsKey('account')];
  const scope = { kind: 'user_scope', key: scopedKey.publicKey, role: 'reader', template: { pub: {}, sub: {}, ...UNLIMITED } };
  const signing_keys = [signingKey.publicKey, scope];
  const ofAccount = (key: NatsKey, name: string, more: object) =>
    signClaims(claimsOf(key, name, { type: 'account', limits: UNLIMITED, ...more }), operator);
  const port = await freePort();
  const jwts = [
    [system.publicKey, ofAccount(system, 'SYS', {})],
    [account.publicKey, ofAccount(account, 'APP', { signing_keys })],
  ];
  const authority = await writeTls(directory);
  const configuration = [
    `listen: "${HOST}:${port}"`,
    `server_name: "${randomBytes(4).toString('hex')}"`,
    `operator: "${signClaims(claimsOf(operator, 'OP', { type: 'operator' }), operator)}"`,
    `system_account: "${system.publicKey}"`,
    `resolver: { type: full, dir: "${join(directory, 'jwt')}" }`,
    `resolver_preload: { ${jwts.map(([key, jwt]) => `${key}: "${jwt}"`).join(', ')} }`,
    `tls: { cert_file: "${join(directory, 'cert.pem')}", key_file: "${join(directory, 'key.pem')}" }`,
  ];
  await writeFile(join(directory, 'nats.conf'), `${configuration.join('\n')}\n`);
  const systemCreds = userCreds(system, 'sys');
  const logIn: NatsServer['logIn'] = async (creds, inboxPrefix) => {
    const options: ConnectionOptions = {
      servers: `${HOST}:${port}`,
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
      tls: { ca: authority },
      reconnect: false,
      timeout: 5000,
    };
    return await connect(inboxPrefix === undefined ? options : { ...options, inboxPrefix });
  };
  let daemon: Daemon = startDaemon('nats-server', ['-c', join(directory, 'nats.conf')]);
  const ready = () =>
    until(
      READY_MS,
      async () => {
        await (await logIn(systemCreds)).close();
        return true;
      },
      () => daemon.output(),
    );
  const stop = async () => {
    await daemon.stop('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    ca: authority,
    operator,
    account,
    signingKey,
    scopedKey,
    systemCreds,
    logIn,
    async restart() {
      await daemon.stop();
      daemon = startDaemon('nats-server', ['-c', join(directory, 'nats.conf')]);
      await ready();
    },
    stop,
  };
}

/** Gives the authority. */
async function writeTls(directory: string): Promise<string> {
  const now = Date.now();
  const authority = makeAuthority('NATS tests', now);
  const names = extension.names(generalName.address(127, 0, 0, 1), generalName.dns('localhost'));
  const extensions = [extension.noAuthority(), extension.purposes(purposes.server), names];
  const { pem, keyPem } = makeCertificate({ subject: [['CN', 'localhost']], extensions }, now, authority);
  await writeFile(join(directory, 'cert.pem'), pem);
  await writeFile(join(directory, 'key.pem'), keyPem, { mode: 0o600 });
  return authority.pem;
}
