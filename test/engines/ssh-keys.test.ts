import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { signatureAlgorithm, signCertificate } from '../../src/leases/engines/ssh/certificate.ts';
import {
  generateKey,
  KEY_KINDS,
  keyLengths,
  parsePrivateKey,
  printPrivateKey,
} from '../../src/leases/engines/ssh/private-key.ts';
import { parsePublicKey, printPublicKey } from '../../src/leases/engines/ssh/public-key.ts';
import { lengthPrefixed } from '../../src/leases/engines/ssh/wire.ts';
import { newSshKey } from '../testing/sshd.ts';

const run = promisify(execFile);
const kinds = KEY_KINDS.flatMap((kind) => keyLengths[kind].map((bits) => ({ kind, bits })));

/** A key that lies in a token: its two parts need no token to be made. */
function tokenKey(type: 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com', inner: Buffer): string {
  const blob = Buffer.concat([lengthPrefixed(type), inner, lengthPrefixed('ssh:')]);
  return `${type} ${blob.toString('base64')}`;
}

describe.skipIf(!inject('services').sshd)('keys and certificates, as ssh-keygen reads and writes them', () => {
  let folder: string;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchword-ssh-keys-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const written = async (content: string) => {
    made += 1;
    const file = join(folder, `file-${made}`);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };

  test.each(kinds)('$kind with $bits bits: a key that was made here is read there', async ({ kind, bits }) => {
    const pair = await generateKey(kind, bits);
    const printed = printPrivateKey(pair, systemRandom);
    const { stdout } = await run('ssh-keygen', ['-y', '-f', await written(printed.text)]);
    expect(stdout.trim().split(' ').slice(0, 2).join(' ')).toBe(printPublicKey(pair.public));
    expect(parsePrivateKey(printed).public.blob).toEqual(pair.public.blob);
  });

  test.each(
    [...['RFC4716', 'PEM', 'PKCS8'].flatMap((format) => kinds.map(({ kind, bits }) => ({ format, kind, bits })))].filter(
      ({ format, kind }) => kind !== 'ed25519' || format === 'RFC4716',
    ),
  )('$kind with $bits bits in $format: a key that was made there is read here', async ({ format, kind, bits }) => {
    const type = kind === 'ec' ? 'ecdsa' : kind;
    made += 1;
    const words = ['-t', type, ...(bits === 0 ? [] : ['-b', String(bits)]), '-m', format];
    const { publicKey, file } = await newSshKey(folder, `made-${made}`, words);
    const pair = parsePrivateKey(Secret.fromText(await readFile(file, 'utf8')));
    expect(printPublicKey(pair.public)).toBe(publicKey);
  });

  test('a key with a passphrase is refused, and told what to do', async () => {
    const file = join(folder, 'locked');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', file]);
    const text = await readFile(file, 'utf8');
    expect(() => parsePrivateKey(Secret.fromText(text))).toThrow('ssh-keygen -p');
  });

  test('every key that can be certified, by every authority: ssh-keygen confirms the signature and reads what was said', async () => {
    const pairs = await Promise.all(kinds.filter(({ bits }) => bits < 4096).map(({ kind, bits }) => generateKey(kind, bits)));
    const blobOf = (type: string) => pairs.find((pair) => pair.public.type === type)?.public.parameters ?? Buffer.alloc(0);
    const subjects = [
      ...pairs.map((pair) => pair.public),
      parsePublicKey(tokenKey('sk-ssh-ed25519@openssh.com', blobOf('ssh-ed25519'))),
      parsePublicKey(tokenKey('sk-ecdsa-sha2-nistp256@openssh.com', blobOf('ecdsa-sha2-nistp256'))),
    ];
    for (const authority of pairs) {
      const algorithm = signatureAlgorithm(authority.public, '') ?? '';
      for (const subject of subjects) {
        const certificate = signCertificate(
          {
            subject,
            nonce: systemRandom.bytes(32),
            serial: 2n ** 63n + 5n,
            type: 'user',
            keyId: 'who-and-why',
            principals: ['deploy', 'train'],
            validAfter: 1_700_000_000,
            validBefore: 1_900_000_000,
            criticalOptions: { 'force-command': 'echo "a b"', 'verify-required': '' },
            extensions: { 'permit-pty': '', 'login@example.com': 'me' },
          },
          authority,
          algorithm,
        );
        const { stdout } = await run(
          'ssh-keygen',
          ['-L', '-f', await written(`${subject.certificateType} ${certificate.toString('base64')}\n`)],
          {
            env: { ...process.env, TZ: 'UTC' },
          },
        );
        const lines = stdout.split('\n').map((line) => line.trim());
        expect(lines).toContain(`Type: ${subject.certificateType} user certificate`);
        expect(lines).toContain('Key ID: "who-and-why"');
        expect(lines).toContain('Serial: 9223372036854775813');
        expect(lines).toContain('Valid: from 2023-11-14T22:13:20 to 2030-03-17T17:46:40');
        const from = lines.indexOf('Principals:');
        expect(lines.slice(from, from + 10)).toEqual([
          'Principals:',
          'deploy',
          'train',
          'Critical Options:',
          'force-command echo "a b"',
          'verify-required',
          'Extensions:',
          expect.stringMatching(/^login@example\.com UNKNOWN OPTION/),
          'permit-pty',
          '',
        ]);
        expect(stdout).toContain(`(using ${algorithm})`);
      }
    }
  });
});
