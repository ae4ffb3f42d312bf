import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../foundation/node-ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { signatureAlgorithm, signCertificate } from './certificate.ts';
import { keyChoice } from './key-choice.ts';
import { exportPrivateKey, generateKey, parsePrivateKey, printPrivateKey } from './private-key.ts';
import { parsePublicKey, printPublicKey, readPublicKey } from './public-key.ts';
import { faultOfCidr } from './source-addresses.ts';
import { lengthPrefixed, mpint, WireError, WireReader } from './wire.ts';

const line = (type: string, ...parts: readonly (Uint8Array | string)[]) =>
  printPublicKey({ type, blob: Buffer.concat([type, ...parts].map(lengthPrefixed)) });
const rsa = (modulus: Buffer, exponent = Buffer.from([1, 0, 1])) =>
  printPublicKey({ type: 'ssh-rsa', blob: Buffer.concat([lengthPrefixed('ssh-rsa'), mpint(exponent), mpint(modulus)]) });

describe('a public key', () => {
  const good = line('ssh-ed25519', Buffer.alloc(32, 7));

  it.each(['', ' laptop of somebody'])('is read with what follows it: %j', (comment) => {
    expect(printPublicKey(parsePublicKey(`${good}${comment}\n`))).toBe(good);
  });

  it.each([
    ['two lines', `${good}\n${good}`],
    ['options before it', `command="sh" ${good}`],
    ['a certificate', good.replaceAll('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com')],
    ['another type inside', good.replace('ssh-ed25519', 'ssh-rsa')],
    ['a short key', line('ssh-ed25519', Buffer.alloc(31))],
    ['something after its end', line('ssh-ed25519', Buffer.alloc(32), 'more')],
    ['an unknown type', line('ssh-dss', Buffer.alloc(32))],
    ['a point beside the curve', line('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]))],
    ['another curve', line('ecdsa-sha2-nistp256', 'nistp384', Buffer.alloc(97, 4))],
    ['no application of its token', line('sk-ssh-ed25519@openssh.com', Buffer.alloc(32), '')],
    ['1024 bits', rsa(Buffer.alloc(128, 0xff))],
    ['2047 bits', rsa(Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(255, 0xff)]))],
    ['an even modulus', rsa(Buffer.concat([Buffer.alloc(255, 0xff), Buffer.from([0xfe])]))],
    ['the exponent 1', rsa(Buffer.alloc(256, 0xff), Buffer.from([1]))],
    ['Base64 that is none', good.replace(/.$/, '*')],
    ['nothing', ''],
  ])('is refused with %s', (_what, text) => {
    expect(() => parsePublicKey(text)).toThrow(WireError);
  });

  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const blob = Buffer.concat([lengthPrefixed('ssh-ed25519'), bytes]);
        try {
          expect(readPublicKey(blob).blob.equals(blob)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});

describe('a number on the wire', () => {
  it('comes out as it went in, without leading zeros', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (value) => {
        const hex = value.toString(16);
        const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2) + 2, '0'), 'hex');
        const read = new WireReader(mpint(bytes)).mpint();
        expect(BigInt(`0x${read.toString('hex') || '0'}`)).toBe(value);
        expect(read[0]).not.toBe(0);
      }),
    );
  });

  it.each([
    ['negative', Buffer.from([0x80])],
    ['longer than it needs to be', Buffer.from([0, 1])],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => new WireReader(lengthPrefixed(bytes)).mpint()).toThrow(WireError);
  });
});

describe('a private key', () => {
  it('is kept and printed in formats that are read again', async () => {
    const pair = await generateKey('ed25519', 0);
    for (const text of [exportPrivateKey(pair), printPrivateKey(pair, systemRandom)]) {
      expect(parsePrivateKey(text).public.blob).toEqual(pair.public.blob);
    }
  });

  it('that is none is refused without being shown', () => {
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from('not-a-key-but-precious').toString('base64')}\n`;
    for (const given of [text, 'precious', '']) {
      let error: unknown;
      try {
        parsePrivateKey(Secret.fromText(given));
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(WireError);
      expect(String(error)).not.toContain('precious');
    }
  });

  it('whose public part is of another key is refused', async () => {
    const [one, other] = [await generateKey('ed25519', 0), await generateKey('ed25519', 0)];
    const bytes = Buffer.from(printPrivateKey(one, systemRandom).text.split('\n').slice(1, -2).join(''), 'base64');
    other.public.blob.copy(bytes, bytes.indexOf(one.public.blob));
    const mixed = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(() => parsePrivateKey(Secret.fromText(mixed))).toThrow('of another key');
  });
});

describe('a certificate', () => {
  it('without principals is never made', async () => {
    const authority = await generateKey('ed25519', 0);
    const said = {
      subject: authority.public,
      nonce: Buffer.alloc(32),
      serial: 1n,
      type: 'user' as const,
      keyId: 'a',
      validAfter: 1,
      validBefore: 2,
      criticalOptions: {},
      extensions: {},
    };
    for (const principals of [[], ['']]) {
      expect(() => signCertificate({ ...said, principals }, authority, 'ssh-ed25519')).toThrow('good for everybody');
    }
    expect(() => signCertificate({ ...said, principals: ['a'], validBefore: 1 }, authority, 'ssh-ed25519')).toThrow(
      'before it begins',
    );
  });

  it('is signed by no algorithm that the key has not, and never by SHA-1', () => {
    expect(signatureAlgorithm({ type: 'ssh-rsa' }, '')).toBe('rsa-sha2-256');
    expect(signatureAlgorithm({ type: 'ssh-rsa' }, 'ssh-rsa')).toBeUndefined();
    expect(signatureAlgorithm({ type: 'ssh-ed25519' }, 'rsa-sha2-512')).toBeUndefined();
    expect(signatureAlgorithm({ type: 'sk-ssh-ed25519@openssh.com' }, '')).toBeUndefined();
  });
});

it.each([
  ['ed25519', 0, { kind: 'ed25519', bits: 0 }],
  ['ssh-ed25519', 256, { kind: 'ed25519', bits: 0 }],
  ['ec', 0, { kind: 'ec', bits: 256 }],
  ['ecdsa-sha2-nistp384', 0, { kind: 'ec', bits: 384 }],
  ['ecdsa-sha2-nistp384', 256, undefined],
  ['rsa', 4096, { kind: 'rsa', bits: 4096 }],
  ['rsa', 1024, undefined],
  ['dsa', 0, undefined],
  ['toString', 0, undefined],
])('a key of the type %s with %i bits: %j', (name, bits, choice) => {
  expect(keyChoice(name, bits)).toEqual(choice);
});

describe('a source address', () => {
  it.each(['10.0.0.0/8', '192.168.1.7', '0.0.0.0/0', '::1', '2001:db8::/32', '::/0', '::ffff:10.0.0.0/104'])(
    'may be %s',
    (cidr) => {
      expect(faultOfCidr(cidr)).toBeUndefined();
    },
  );

  it.each([
    '10.1.2.3/8',
    '10.0.0.0/33',
    '2001:db8::1/32',
    '10.0.0.0/08',
    '10.0.0',
    '*',
    '!10.0.0.1',
    'host.example',
    '',
    '10.0.0.0/-1',
    'fe80::1%eth0',
  ])('may not be %j', (cidr) => {
    expect(faultOfCidr(cidr)).toBeDefined();
  });
});
