import { createHash, createPublicKey } from 'node:crypto';
import { WireError, WireReader } from './wire.ts';

export type KeyFamily = 'rsa' | 'ec' | 'ed25519';

/** A public key that a certificate can be made for. */
export interface PublicKey {
  /** `ssh-ed25519` */
  readonly type: string;
  readonly family: KeyFamily;
  /** Of the modulus or the curve. */
  readonly bits: number;
  /** The whole key on the wire, its type included. */
  readonly blob: Buffer;
  /** What follows the type in {@link blob}. */
  readonly parameters: Buffer;
  /** What a certificate for it calls itself. */
  readonly certificateType: string;
}

interface KeyType {
  readonly family: KeyFamily;
  readonly certificateType: string;
  /** Checks what stands between type and end, and gives the bits. */
  read(reader: WireReader): number;
}

const LEAST_RSA = 2048;
/** OpenSSH takes none that is longer. */
const MOST_RSA = 16_384;
/** Room for RSA with 16384 bits and a comment. */
const LONGEST_KEY = 8192;

/** Curves by OpenSSH's names for them. */
export const curves: ReadonlyMap<string, { readonly name: string; readonly bits: number }> = new Map([
  ['nistp256', { name: 'P-256', bits: 256 }],
  ['nistp384', { name: 'P-384', bits: 384 }],
  ['nistp521', { name: 'P-521', bits: 521 }],
]);

/** An uncompressed point, which must lie on the curve, in its two halves. @throws WireError */
export function readPoint(curve: string, point: Buffer): { readonly crv: string; readonly x: string; readonly y: string } {
  const { name: crv, bits } = curves.get(curve) ?? { name: '', bits: 0 };
  const width = Math.ceil(bits / 8);
  if (width === 0 || point.length !== 1 + 2 * width || point[0] !== 4) throw new WireError('its point is none of the curve');
  const [x, y] = [point.subarray(1, 1 + width).toString('base64url'), point.subarray(1 + width).toString('base64url')];
  try {
    createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
  } catch {
    throw new WireError('its point is none of the curve');
  }
  return { crv, x, y };
}

function readCurve(reader: WireReader, curve: string): number {
  if (reader.text() !== curve) throw new WireError('its curve is not that of its type');
  readPoint(curve, reader.string());
  return curves.get(curve)?.bits ?? 0;
}

function readEd25519(reader: WireReader): number {
  if (reader.string().length !== 32) throw new WireError('its length is not that of its type');
  return 256;
}

function readRsa(reader: WireReader): number {
  const [exponent, modulus] = [reader.mpint(), reader.mpint()];
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  const odd = ((exponent.at(-1) ?? 0) & (modulus.at(-1) ?? 0) & 1) === 1;
  const small = exponent.length === 1 && (exponent[0] ?? 0) < 3;
  if (!odd || small || exponent.length > 8) throw new WireError('its numbers are none of an RSA key');
  if (bits < LEAST_RSA || bits > MOST_RSA) throw new WireError(`RSA keys must have ${LEAST_RSA} to ${MOST_RSA} bits`);
  return bits;
}

/** The application that a security key answers for: `ssh:`. */
function readApplication(reader: WireReader): void {
  if (reader.string().length === 0) throw new WireError('it names no application');
}

const ecdsa = (curve: string): [string, KeyType] => [
  `ecdsa-sha2-${curve}`,
  {
    family: 'ec',
    certificateType: `ecdsa-sha2-${curve}-cert-v01@openssh.com`,
    read: (reader) => readCurve(reader, curve),
  },
];

const keyTypes: ReadonlyMap<string, KeyType> = new Map<string, KeyType>([
  ['ssh-ed25519', { family: 'ed25519', certificateType: 'ssh-ed25519-cert-v01@openssh.com', read: readEd25519 }],
  ...[...curves.keys()].map(ecdsa),
  ['ssh-rsa', { family: 'rsa', certificateType: 'ssh-rsa-cert-v01@openssh.com', read: readRsa }],
  [
    'sk-ssh-ed25519@openssh.com',
    {
      family: 'ed25519',
      certificateType: 'sk-ssh-ed25519-cert-v01@openssh.com',
      read(reader) {
        const bits = readEd25519(reader);
        readApplication(reader);
        return bits;
      },
    },
  ],
  [
    'sk-ecdsa-sha2-nistp256@openssh.com',
    {
      family: 'ec',
      certificateType: 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
      read(reader) {
        const bits = readCurve(reader, 'nistp256');
        readApplication(reader);
        return bits;
      },
    },
  ],
]);

/** Types of keys, as role settings may name them. */
export const keyTypeNames: readonly string[] = [...keyTypes.keys()];

/** One line of a `.pub` file, with or without a comment. @throws WireError which says what is wrong with it */
export function parsePublicKey(line: string): PublicKey {
  const text = line.trim();
  const [, type = '', base64 = ''] = /^([a-z0-9@.-]{1,64}) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n\0]*)?$/.exec(text) ?? [];
  if (text.length > LONGEST_KEY || base64 === '') throw new WireError('it is not one line of a .pub file');
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) throw new WireError('its Base64 is none');
  const key = readPublicKey(blob);
  if (key.type !== type) throw new WireError('its two types differ');
  return key;
}

/** @throws WireError */
export function readPublicKey(blob: Buffer): PublicKey {
  const reader = new WireReader(blob);
  const type = reader.text();
  const known = keyTypes.get(type);
  if (known === undefined) throw new WireError(`its type is none of ${keyTypeNames.join(', ')}`);
  const parameters = reader.rest;
  const bits = known.read(reader);
  reader.end();
  return { type, family: known.family, bits, blob, parameters, certificateType: known.certificateType };
}

/** As it stands in a `.pub` file, without a comment. */
export const printPublicKey = ({ type, blob }: Pick<PublicKey, 'type' | 'blob'>): string => `${type} ${blob.toString('base64')}`;

/** SHA-256, in hexadecimal digits: what Vault's templates call `public_key_hash`. */
export const publicKeyHash = ({ blob }: Pick<PublicKey, 'blob'>): string => createHash('sha256').update(blob).digest('hex');
