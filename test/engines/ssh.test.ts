import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import type { Secret } from '../../src/foundation/secret.ts';
import { completeSshConnection, newSshConnection, type SshConnection } from '../../src/leases/engines/ssh/connection.ts';
import { newSshRole, type SshRole } from '../../src/leases/engines/ssh/role.ts';
import { sshEngine } from '../../src/leases/engines/ssh.ts';
import { type LoginOptions, type Sshd, startSshd } from '../testing/sshd.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const run = promisify(execFile);
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const HOUR = 3_600_000;

const keyOf = (output: Output) => ({
  privateKey: (output['private_key'] as Secret).text,
  certificate: String(output['signed_key']),
});

/** What `issue` gives. */
async function issue(connection: SshConnection, role: Partial<SshRole>, request = {}, lifetimeMs = HOUR): Promise<Output> {
  const whole = { ...newSshRole, ...role };
  sshEngine.role.check(whole);
  const lease = newLease(lifetimeMs);
  const material = await sshEngine.prepare(whole, lease, on, request);
  const target = sshEngine.open(connection, on);
  const { output } = await target.create({ lease, role: whole, material, handle: undefined }, within(5000));
  await target.close();
  return output;
}

describe.skipIf(!inject('services').sshd)('ssh, at a real sshd', () => {
  conformanceSuite({
    engine: sshEngine,
    waitsForEnd: true,
    async start() {
      const connection = await completeSshConnection(newSshConnection, undefined);
      const sshd = await startSshd({ trusted: connection.publicKey });
      return {
        connection,
        role: { allowUserCertificates: true, allowedUsers: [sshd.user], defaultUser: sshd.user },
        async logIn(output) {
          const use = async () => {
            if ((await sshd.run(keyOf(output), 'echo in')) !== 'in') throw new Error('not in');
          };
          await use();
          return { use, close: async () => {} };
        },
        stop: sshd.stop,
      };
    },
  });

  let connection: SshConnection;
  let sshd: Sshd;
  let role: Partial<SshRole>;
  const logIn = async (output: Output, command = 'echo in', options: LoginOptions = {}) =>
    await sshd.run(keyOf(output), command, options);
  beforeAll(async () => {
    connection = await completeSshConnection(newSshConnection, undefined);
    sshd = await startSshd({ trusted: connection.publicKey });
    role = { allowUserCertificates: true, allowedUsers: [sshd.user, 'deploy'], defaultUser: sshd.user };
  });
  afterAll(() => sshd?.stop());

  test('the log of sshd says which role, who, and which lease', async () => {
    const whole = { ...newSshRole, ...role };
    const lease = { ...newLease(), holder: 'kubernetes-vision/train 1 (serial 7)' };
    const material = await sshEngine.prepare(whole, lease, on, {});
    const target = sshEngine.open(connection, on);
    const { output, handle } = await target.create({ lease, role: whole, material, handle: undefined }, within(5000));
    await logIn(output);
    const keyId = `watchword-app-kubernetes-vision/train_1__serial_7_-${lease.externalName}`;
    expect(sshd.log()).toContain(`ID ${keyId} (serial ${BigInt(`0x${handle.serial}`)})`);
  });

  test('a certificate for another account is not let in', async () => {
    const output = await issue(connection, role, { validPrincipals: ['deploy'] });
    await expect(logIn(output)).rejects.toThrow('Permission denied');
    expect(sshd.log()).toContain('name is not a listed principal');
  });

  test.each(['ec', 'rsa'])('a pair of the type %s logs in as well', async (keyType) => {
    expect(await logIn(await issue(connection, role, { keyType }))).toBe('in');
  });

  test.each([
    ['ec', 256],
    ['ec', 384],
    ['ec', 521],
    ['rsa', 2048],
  ])('sshd believes an authority with a key of the type %s and %i bits', async (keyType, keyBits) => {
    const other = await completeSshConnection({ ...newSshConnection, keyType, keyBits }, undefined);
    const server = await startSshd({ trusted: other.publicKey });
    try {
      for (const algorithmSigner of keyType === 'rsa' ? ['', 'rsa-sha2-512'] : ['']) {
        const output = await issue(other, { ...role, algorithmSigner });
        expect(await server.run(keyOf(output), 'echo in')).toBe('in');
      }
      await expect(server.run(keyOf(await issue(connection, role)), 'echo in')).rejects.toThrow('Permission denied');
    } finally {
      await server.stop();
    }
  });

  test('a forced command runs instead of what was asked, and the caller cannot be rid of it', async () => {
    const forced = { ...role, allowedCriticalOptions: ['*'], defaultCriticalOptions: { 'force-command': 'echo forced' } };
    expect(await logIn(await issue(connection, forced), 'echo asked')).toBe('forced');
    const besides = await issue(connection, forced, { criticalOptions: { 'source-address': '127.0.0.1' } });
    expect(await logIn(besides, 'echo asked')).toBe('forced');
    const other = issue(connection, forced, { criticalOptions: { 'force-command': 'sh' } });
    await expect(other).rejects.toThrow('force-command is said by the role');
  });

  test('a certificate is good from where the role says alone', async () => {
    expect(await logIn(await issue(connection, { ...role, sourceAddresses: ['127.0.0.0/8', '::1'] }))).toBe('in');
    const elsewhere = await issue(connection, { ...role, sourceAddresses: ['10.0.0.0/8'] });
    await expect(logIn(elsewhere)).rejects.toThrow('Permission denied');
  });

  test('a terminal is there with permit-pty alone', async () => {
    const [with_, without] = [{ 'permit-pty': '' }, {}];
    const asked = { terminal: true } as const;
    expect(await logIn(await issue(connection, { ...role, defaultExtensions: with_ }), 'tty', asked)).toMatch(/^\/dev\/pts/);
    const output = await issue(connection, { ...role, defaultExtensions: without });
    await expect(logIn(output, 'tty', asked)).rejects.toThrow('PTY allocation request failed');
  });

  test('the account in a certificate changed, and it is good for nothing', async () => {
    const other = 'x'.repeat(sshd.user.length);
    const output = await issue(connection, { ...role, allowedUsers: [other], defaultUser: other });
    const [type = '', base64 = ''] = String(output['signed_key']).trim().split(' ');
    const bytes = Buffer.from(base64, 'base64');
    bytes.write(sshd.user, bytes.lastIndexOf(other));
    const forged = { ...output, signed_key: `${type} ${bytes.toString('base64')}\n` };
    await expect(logIn(forged)).rejects.toThrow();
  });

  test('clients believe the certificate of a host for its name alone', async () => {
    const hosts = { allowHostCertificates: true, allowedDomains: ['train.example'], allowSubdomains: true };
    const server = await startSshd({
      trusted: connection.publicKey,
      certify: async (publicKey) => {
        const request = { publicKey, certType: 'host' as const, validPrincipals: ['node-1.train.example'] };
        return String((await issue(connection, hosts, request))['signed_key']);
      },
    });
    try {
      const key = keyOf(await issue(connection, role));
      const knownHost = `@cert-authority *.train.example ${connection.publicKey}`;
      expect(await server.run(key, 'echo in', { knownHost, hostKeyAlias: 'node-1.train.example' })).toBe('in');
      const other = server.run(key, 'echo in', { knownHost, hostKeyAlias: 'node-2.train.example' });
      await expect(other).rejects.toThrow('Host key verification failed');
    } finally {
      await server.stop();
    }
  });

  test('its serial number in a list of revoked keys takes a certificate back at a server that reads the list', async () => {
    const [taken, kept] = [await issue(connection, role), await issue(connection, role)];
    const folder = await mkdtemp(join(tmpdir(), 'watchword-krl-'));
    try {
      const file = (name: string) => join(folder, name);
      await writeFile(file('ca.pub'), `${connection.publicKey}\n`);
      await writeFile(file('serials'), `serial: 0x${taken['serial_number']}\n`);
      await run('ssh-keygen', ['-k', '-f', file('krl'), '-s', file('ca.pub'), file('serials')]);
      const server = await startSshd({ trusted: connection.publicKey, more: [`RevokedKeys ${file('krl')}`] });
      try {
        await expect(server.run(keyOf(taken), 'echo in')).rejects.toThrow('Permission denied');
        expect(await server.run(keyOf(kept), 'echo in')).toBe('in');
      } finally {
        await server.stop();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
