import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 10_000;
const LOGIN_MS = 10_000;

/** A real sshd on the loopback interface that knows no keys but those that an authority signed. */
export interface Sshd {
  readonly port: number;
  /** Who runs it, and so who can log in. */
  readonly user: string;
  /** The end of its log. */
  log(): string;
  /** Logs in, runs the command and gives what it printed. Rejects where it is not let in. */
  run(key: SshKey, command: string, options?: LoginOptions): Promise<string>;
  stop(): Promise<void>;
}

export interface SshKey {
  readonly privateKey: string;
  readonly certificate: string;
}

export interface LoginOptions {
  /** Line of a file of known hosts, instead of the server's own key. */
  readonly knownHost?: string;
  /** What the client takes the server for. */
  readonly hostKeyAlias?: string;
  readonly terminal?: boolean;
}

export interface SshdSettings {
  /** Public key of the authority of users. */
  readonly trusted: string;
  /** Gives the certificate of the server's key. */
  readonly certify?: (publicKey: string) => Promise<string>;
  /** More lines of its configuration; `DIR` in them is its folder. */
  readonly more?: readonly string[];
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export async function startSshd({ trusted, certify, more = [], files = {} }: SshdSettings): Promise<Sshd> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-sshd-'));
  const file = (name: string) => join(directory, name);
  // Where Debian's service would make it at start.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const { publicKey } = await newSshKey(directory, 'host', ['-t', 'ed25519']);
  await writeFile(file('trusted.pub'), `${trusted}\n`);
  await writeFile(file('known_hosts'), `* ${publicKey}\n`);
  for (const [name, content] of Object.entries(files)) await writeFile(file(name), content);
  if (certify !== undefined) await writeFile(file('host-cert.pub'), await certify(publicKey));
  const port = await freePort();
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${file('host')}`,
    ...(certify === undefined ? [] : [`HostCertificate ${file('host-cert.pub')}`]),
    `TrustedUserCAKeys ${file('trusted.pub')}`,
    `PidFile ${file('sshd.pid')}`,
    'AuthorizedKeysFile none',
    'AuthenticationMethods publickey',
    'PermitRootLogin yes',
    'UsePAM no',
    'StrictModes no',
    'LogLevel VERBOSE',
    ...more.map((line) => line.replaceAll('DIR', directory)),
  ];
  await writeFile(file('sshd_config'), `${lines.join('\n')}\n`);
  const daemon = startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')]);
  const stop = async () => {
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until(READY_MS, async () => daemon.output().includes(`listening on 127.0.0.1 port ${port}`));
  } catch (error) {
    await stop();
    throw new Error(`sshd did not start: ${daemon.output()}`, { cause: error });
  }
  const user = userInfo().username;
  let logins = 0;
  return {
    port,
    user,
    log: daemon.output,
    async run(key, command, { knownHost, hostKeyAlias = '127.0.0.1', terminal = false } = {}) {
      logins += 1;
      const [identity, known] = [file(`login-${logins}`), file(`known-${logins}`)];
      await writeFile(identity, key.privateKey, { mode: 0o600 });
      await writeFile(`${identity}-cert.pub`, key.certificate);
      await writeFile(known, knownHost === undefined ? `* ${publicKey}\n` : `${knownHost}\n`);
      const options = [
        'BatchMode=yes',
        'IdentityAgent=none',
        'IdentitiesOnly=yes',
        'StrictHostKeyChecking=yes',
        'GlobalKnownHostsFile=none',
        `UserKnownHostsFile=${known}`,
        `HostKeyAlias=${hostKeyAlias}`,
        `CertificateFile=${identity}-cert.pub`,
        `RequestTTY=${terminal ? 'force' : 'no'}`,
      ];
      const words = ['-F', 'none', ...options.flatMap((option) => ['-o', option]), '-i', identity, '-p', String(port)];
      const { stdout } = await run('ssh', [...words, `${user}@127.0.0.1`, command], {
        env: daemonEnvironment(),
        timeout: LOGIN_MS,
      });
      return stdout.trim();
    },
    stop,
  };
}

/** Made by `ssh-keygen`. Gives the line of its public part, without a comment. */
export async function newSshKey(
  directory: string,
  name: string,
  words: readonly string[],
): Promise<{ readonly publicKey: string; readonly file: string }> {
  const file = join(directory, name);
  await run('ssh-keygen', ['-q', '-N', '', '-C', '', '-f', file, ...words]);
  const { stdout } = await run('ssh-keygen', ['-y', '-f', file]);
  return { publicKey: stdout.trim().split(' ').slice(0, 2).join(' '), file };
}
