import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { pemOf } from '../../src/identity/x509/testing/certificate-writer.ts';
import { atTheShell, type Finished, type Person } from '../journeys/command-line.ts';
import { until } from '../testing/daemon.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type Spire, startSpire } from '../testing/spire.ts';
import { type TlsFiles, writeTlsFiles } from '../testing/tls-files.ts';

const { spire: programs } = inject('services');
const DAEMON = 1;
const REPLACED_MS = 20_000;

describe.skipIf(!programs)('a workload of SPIRE', () => {
  let spire: Spire;
  let tls: TlsFiles;
  let server: RunningServer;
  let person: Person;

  const file = (name: string) => join(person.home, name);
  const administer = async (...words: string[]) => {
    const done = await person.run([...words, '--token-file', file('root-token')]);
    expect(done.stderr).not.toContain('Error');
    return done;
  };

  /** As the operator, after each change of the trust domain's authorities. */
  async function trust(): Promise<void> {
    const authorities = (await spire.bundle()).keys.filter((key) => key.use === 'x509-svid').flatMap(({ x5c }) => x5c);
    await writeFile(file('bundle.pem'), authorities.map((der) => pemOf('CERTIFICATE', Buffer.from(der, 'base64'))).join(''));
    const role = ['auth/cert/certs/train', 'certificate=@bundle.pem', 'spiffe_trust_domain=example.test', 'token_binding=mtls'];
    await administer('write', ...role, 'allowed_spiffe_ids=spiffe://example.test/vision/*', 'token_ttl=10m', 'owner=team');
  }

  /** As the workload: what the agent gives to its user, and no other secret. */
  async function logIn(from = spire, user?: number): Promise<Finished> {
    const { chain, key } = await from.fetchX509Svid(user);
    await writeFile(file('svid.pem'), chain);
    await writeFile(file('svid.key'), key, { mode: 0o600 });
    const shown = ['--client-cert', file('svid.pem'), '--client-key', file('svid.key')];
    return person.run(['login', '--method', 'cert', '--role', 'train', '--no-store', '--print-token', ...shown]);
  }

  beforeAll(async () => {
    [spire, tls] = await Promise.all([startSpire(programs ?? ''), writeTlsFiles(selfSigned())]);
    server = await startServer({ args: tls.args });
    person = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_CACERT: tls.certFile });
    await writeFile(file('root-token'), await server.rootToken());
    await spire.register('vision/train');
    await spire.register('speech/serve', DAEMON);
    await administer('write', 'sys/auth/cert', 'type=cert');
    await trust();
  });

  afterAll(async () => {
    await Promise.all([server?.stop(), spire?.stop(), person?.[Symbol.asyncDispose]()]);
    await tls?.remove();
  });

  it('logs in with its X.509-SVID, and its token is of use together with that', async () => {
    const { stdout, code } = await logIn();
    expect(code).toBe(0);
    await writeFile(file('token'), stdout);
    const whoami = ['whoami', '--token-file', file('token'), '--format', 'json'];
    const own = await person.run([...whoami, '--client-cert', file('svid.pem'), '--client-key', file('svid.key')]);
    expect(own.stdout).toContain('spiffe://example.test/vision/train');
    expect((await person.run(whoami)).code).not.toBe(0);
  });

  it('with an id that the role does not admit is refused', async () => {
    const { code, stdout } = await logIn(spire, DAEMON);
    expect([code, stdout]).toEqual([expect.any(Number), '']);
    expect(code).not.toBe(0);
  });

  it('of another server that calls itself by the same trust domain is refused', async () => {
    const other = await startSpire(programs ?? '', 'example.test');
    try {
      await other.register('vision/train');
      expect((await logIn(other)).code).not.toBe(0);
    } finally {
      await other.stop();
    }
  });

  it('logs in under a new authority once the role has it, and under the old one no longer', async () => {
    const before = await spire.fetchX509Svid();
    const old = await spire.rotate('x509');
    await trust();
    expect((await logIn()).code).toBe(0);
    await spire.taint('x509', old);
    await until(REPLACED_MS, async () => (await spire.fetchX509Svid()).chain !== before.chain);
    await spire.revoke('x509', old);
    await trust();
    expect((await logIn()).code).toBe(0);
    expect((await logIn({ ...spire, fetchX509Svid: async () => before })).code).not.toBe(0);
  });
});
