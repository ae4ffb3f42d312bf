import { createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { curves, type PublicKey, readPoint, readPublicKey } from './public-key.ts';
import { lengthPrefixed, mpint, uint32, WireError, WireReader } from './wire.ts';

const generate = promisify(generateKeyPair);

export interface KeyPair {
  readonly key: KeyObject;
  readonly public: PublicKey;
}

export const KEY_KINDS = ['ed25519', 'ec', 'rsa'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Lengths that keys are generated with, the usual one first. */
export const keyLengths: Readonly<Record<KeyKind, readonly number[]>> = {
  ed25519: [0],
  ec: [256, 384, 521],
  rsa: [3072, 2048, 4096],
};

/** @param bits one of {@link keyLengths} */
export async function generateKey(kind: KeyKind, bits: number): Promise<KeyPair> {
  return pairOf(await generated(kind, bits));
}

async function generated(kind: KeyKind, bits: number): Promise<KeyObject> {
  if (kind === 'rsa') return (await generate('rsa', { modulusLength: bits })).privateKey;
  if (kind === 'ec') return (await generate('ec', { namedCurve: `P-${bits}` })).privateKey;
  return (await generate('ed25519')).privateKey;
}

const MAGIC = Buffer.from('openssh-key-v1\0');
const OPENSSH = 'OPENSSH PRIVATE KEY';
const armour = (what: 'BEGIN' | 'END') => `-----${what} ${OPENSSH}-----`;

/** As `ssh-keygen` writes it, or as PEM of PKCS #1, PKCS #8 or SEC 1; without a passphrase. @throws WireError which holds nothing of it */
export function parsePrivateKey(secret: Secret): KeyPair {
  const text = secret.text;
  if (text.includes(armour('BEGIN'))) return readOpenSsh(text);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: 'pem' });
  } catch {
    throw new WireError('it is no private key in PEM or in the format of OpenSSH, or it has a passphrase');
  }
  return pairOf(key);
}

function pairOf(key: KeyObject): KeyPair {
  return { key, public: readPublicKey(publicBlob(key)) };
}

const number = (value: string | undefined) => mpint(Buffer.from(value ?? '', 'base64url'));

function publicBlob(key: KeyObject): Buffer {
  const supported = ['ed25519', 'ec', 'rsa'].includes(key.asymmetricKeyType ?? '');
  if (!supported) throw new WireError('it is neither Ed25519, ECDSA nor RSA');
  let jwk: JsonWebKey;
  try {
    jwk = key.export({ format: 'jwk' });
  } catch {
    throw new WireError('its curve is none of P-256, P-384 and P-521');
  }
  if (jwk.kty === 'RSA') return Buffer.concat([lengthPrefixed('ssh-rsa'), number(jwk.e), number(jwk.n)]);
  const x = Buffer.from(jwk.x ?? '', 'base64url');
  if (jwk.kty === 'OKP') return Buffer.concat([lengthPrefixed('ssh-ed25519'), lengthPrefixed(x)]);
  const curve = [...curves].find(([, { name }]) => name === jwk.crv)?.[0];
  if (curve === undefined) throw new WireError('its curve is none of P-256, P-384 and P-521');
  const point = Buffer.concat([Buffer.from([4]), x, Buffer.from(jwk.y ?? '', 'base64url')]);
  return Buffer.concat([lengthPrefixed(`ecdsa-sha2-${curve}`), lengthPrefixed(curve), lengthPrefixed(point)]);
}

/** OpenSSH's PROTOCOL.key. */
function readOpenSsh(text: string): KeyPair {
  const [, base64 = ''] = text.split(armour('BEGIN'));
  const bytes = Buffer.from(base64.split(armour('END'))[0] ?? '', 'base64');
  try {
    const reader = new WireReader(bytes);
    if (!reader.take(MAGIC.length).equals(MAGIC)) throw new WireError('it is not in the format of OpenSSH');
    const cipher = reader.text();
    if (cipher !== 'none') throw new WireError('it has a passphrase: remove it with `ssh-keygen -p` first');
    if (reader.text() !== 'none' || reader.string().length > 0 || reader.uint32() !== 1) throw new WireError('it is not one key');
    const told = reader.string();
    const inner = new WireReader(reader.string());
    const [check, again] = [inner.uint32(), inner.uint32()];
    if (check !== again) throw new WireError('it is damaged');
    const pair = pairOf(keyOf(readMembers(inner)));
    if (!pair.public.blob.equals(told)) throw new WireError('its public part is of another key');
    return pair;
  } finally {
    bytes.fill(0);
  }
}

function keyOf(jwk: JsonWebKey): KeyObject {
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new WireError('it is damaged');
  }
}

const encoded = (bytes: Buffer) => bytes.toString('base64url');

function readMembers(reader: WireReader): JsonWebKey {
  const type = reader.text();
  if (type === 'ssh-ed25519') {
    const x = encoded(reader.string());
    return { kty: 'OKP', crv: 'Ed25519', x, d: encoded(reader.string().subarray(0, 32)) };
  }
  if (type === 'ssh-rsa') return readRsaMembers(reader);
  const curve = type.replace('ecdsa-sha2-', '');
  if (!curves.has(curve) || reader.text() !== curve) throw new WireError('it is neither Ed25519, ECDSA nor RSA');
  const point = readPoint(curve, reader.string());
  const width = Math.ceil((curves.get(curve)?.bits ?? 0) / 8);
  const d = reader.mpint();
  if (d.length > width) throw new WireError('it is damaged');
  return { kty: 'EC', ...point, d: encoded(Buffer.concat([Buffer.alloc(width - d.length), d])) };
}

function readRsaMembers(reader: WireReader): JsonWebKey {
  const n = reader.mpint();
  const [e, d, qi, p, q] = [reader.mpint(), reader.mpint(), reader.mpint(), reader.mpint(), reader.mpint()];
  if (p.length === 0 || q.length === 0) throw new WireError('it is damaged');
  const [dp, dq] = [reduced(d, p), reduced(d, q)];
  const members = Object.entries({ n, e, d, p, q, dp, dq, qi }).map(([name, bytes]) => [name, encoded(bytes)]);
  return { kty: 'RSA', ...Object.fromEntries(members) };
}

/** d mod (p - 1), which OpenSSH does not write down. */
function reduced(d: Buffer, p: Buffer): Buffer {
  const big = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex') || '0'}`);
  const modulus = big(p) - 1n;
  if (modulus < 1n) throw new WireError('it is damaged');
  const digits = (big(d) % modulus).toString(16);
  return Buffer.from(digits.padStart(p.length * 2, '0'), 'hex');
}

/** As it is kept: PKCS #8. */
export const exportPrivateKey = ({ key }: KeyPair): Secret =>
  Secret.fromText(key.export({ format: 'pem', type: 'pkcs8' }).toString());

/** As `ssh` reads it: Ed25519 in OpenSSH's own format, the others in PEM. */
export function printPrivateKey({ key, public: { blob, type } }: KeyPair, random: Random): Secret {
  if (type === 'ssh-rsa') return Secret.fromText(key.export({ format: 'pem', type: 'pkcs1' }).toString());
  if (type !== 'ssh-ed25519') return Secret.fromText(key.export({ format: 'pem', type: 'sec1' }).toString());
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const check = random.bytes(4);
  const members = [check, check, lengthPrefixed(type), lengthPrefixed(point)];
  const secret = lengthPrefixed(Buffer.concat([Buffer.from(d, 'base64url'), point]));
  const inner = Buffer.concat([...members, secret, lengthPrefixed('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_none, index) => index + 1));
  const none = lengthPrefixed('none');
  const head = [MAGIC, none, none, lengthPrefixed(''), uint32(1), lengthPrefixed(blob)];
  const whole = Buffer.concat([...head, lengthPrefixed(Buffer.concat([inner, padding]))]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  for (const bytes of [secret, inner, whole]) bytes.fill(0);
  return Secret.fromText([armour('BEGIN'), ...lines, armour('END'), ''].join('\n'));
}
