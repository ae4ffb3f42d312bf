import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type SpiffeBundle, type Spire, startSpire } from '../testing/spire.ts';
import { type TlsFiles, writeTlsFiles } from '../testing/tls-files.ts';
import { atTheShell, type Person } from './command-line.ts';

const { spire: programs } = inject('services');
const AUDIENCE = 'https://watchword.example.test';

describe.skipIf(!programs)('a workload with an identity of a real SPIRE', () => {
  let spire: Spire;
  let tls: TlsFiles;
  let server: RunningServer;
  let operator: Person;
  let workload: Person;

  /** The operator's command line, which must succeed. */
  async function operate(words: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await operator.run(words, input);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  async function reasons(): Promise<readonly string[]> {
    const stdout = await operate([
      'audit',
      'search',
      '--operation',
      '*',
      '--outcome',
      'denied',
      '--json',
      '--dir',
      join(server.dataDirectory, 'audit'),
    ]);
    return [...stdout.matchAll(/"status_detail":"([^"]+)"/g)].map(([, reason = '']) => reason);
  }

  const jwtKeys = ({ keys }: SpiffeBundle) => JSON.stringify({ keys: keys.filter(({ use }) => use === 'jwt-svid') });

  const trustBundle = async () =>
    operate(
      ['write', 'auth/spiffe/config', 'platform=spiffe', 'spiffe_trust_domain=example.test', 'jwks=-'],
      jwtKeys(await spire.bundle()),
    );

  beforeAll(async () => {
    spire = await startSpire(programs ?? '');
    tls = await writeTlsFiles(selfSigned());
    server = await startServer({ args: tls.args });
    const settings = { WATCHWORD_ADDR: server.url, WATCHWORD_CACERT: tls.certFile };
    operator = await atTheShell({ ...settings, WATCHWORD_TOKEN: await server.rootToken() });
    workload = await atTheShell(settings);
    await spire.register('ns/training/trainer');
    await operate(['write', 'sys/auth/spiffe', 'type=jwt']);
    await trustBundle();
    const role = {
      role_type: 'jwt',
      bound_audiences: [AUDIENCE],
      bound_subject: 'spiffe://example.test/ns/training/trainer',
      token_policies: ['features'],
      owner: 'team-vision',
    };
    await operate(['write', 'auth/spiffe/role/train', '-'], JSON.stringify(role));
  });

  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]();
    await workload?.[Symbol.asyncDispose]();
    expect(await server?.stop()).toBe(0);
    await tls?.remove();
    await spire?.stop();
  });

  async function logInWithJwt(audience = AUDIENCE) {
    const file = join(workload.home, 'svid.jwt');
    await writeFile(file, await spire.fetchJwtSvid(audience));
    return workload.run(['login', '--method', 'jwt', '--mount', 'spiffe', '--role', 'train', `jwt_path=${file}`]);
  }

  it('logs in with a JWT-SVID, and is who SPIRE says', async () => {
    const { code, stderr } = await logInWithJwt();
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect((await workload.run(['whoami'])).stdout).toContain('spiffe://example.test/ns/training/trainer');
  });

  it('is refused with a JWT-SVID that is meant for somebody else', async () => {
    expect((await logInWithJwt('https://elsewhere.example.test')).code).toBe(1);
    expect((await reasons()).at(-1)).toBe('jwt.audience');
  });

  it('logs in over a rotation of the keys once the bundle is there, and a revoked key lets nobody in', async () => {
    const old = await spire.fetchJwtSvid(AUDIENCE);
    const authority = await spire.rotate('jwt');
    await trustBundle();
    expect((await logInWithJwt()).code).toBe(0);
    await spire.taint('jwt', authority);
    for (let i = 0; i < 100 && (await spire.fetchJwtSvid(AUDIENCE)) === old; i++) await pause(100);
    await spire.revoke('jwt', authority);
    await trustBundle();
    expect((await logInWithJwt()).code).toBe(0);
    await writeFile(join(workload.home, 'old.jwt'), old);
    const words = [
      'login',
      '--method',
      'jwt',
      '--mount',
      'spiffe',
      '--role',
      'train',
      `jwt_path=${join(workload.home, 'old.jwt')}`,
    ];
    expect((await workload.run(words)).code).not.toBe(0);
  });

  it('logs in with an X.509-SVID, and a token that is bound to it is worth nothing without', async () => {
    const { chain, key, bundle } = await spire.fetchX509Svid();
    const [cert, keyFile] = [join(workload.home, 'svid.pem'), join(workload.home, 'svid.key')];
    await writeFile(cert, chain);
    await writeFile(keyFile, key, { mode: 0o600 });
    await operate(['write', 'sys/auth/cert', 'type=cert']);
    const ours = [
      'spiffe_trust_domain=example.test',
      'allowed_spiffe_ids=spiffe://example.test/ns/training/*',
      'token_binding=mtls',
    ];
    await operate(
      ['write', 'auth/cert/certs/svid', 'certificate=-', ...ours, 'token_policies=features', 'owner=team-vision'],
      bundle,
    );
    const shown = ['--client-cert', cert, '--client-key', keyFile];
    const { code, stderr } = await workload.run(['login', '--method', 'cert', ...shown]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect((await workload.run(['whoami', ...shown])).stdout).toContain('spiffe://example.test/ns/training/trainer');
    expect((await workload.run(['whoami'])).code).toBe(1);
    expect((await workload.run(['login', '--method', 'cert'])).code).toBe(1);
  });

  it('of another trust domain is refused, whatever its path', async () => {
    await operate(['delete', 'auth/cert/certs/svid']);
    const { bundle } = await spire.fetchX509Svid();
    const ours = ['spiffe_trust_domain=other.test', 'allowed_spiffe_ids=spiffe://other.test/*'];
    await operate(
      ['write', 'auth/cert/certs/other', 'certificate=-', ...ours, 'token_policies=features', 'owner=team-vision'],
      bundle,
    );
    const shown = ['--client-cert', join(workload.home, 'svid.pem'), '--client-key', join(workload.home, 'svid.key')];
    expect((await workload.run(['login', '--method', 'cert', ...shown])).code).toBe(1);
    expect((await reasons()).at(-1)).toMatch(/^(?:cert|x509|role)\./);
  });
});
