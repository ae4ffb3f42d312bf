import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A DER element; X.690. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x1_0000
          ? [0x82, length >> 8, length & 0xff]
          : undefined;
  const tail = size ?? [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...tail]), body]);
}

export const sequence = (...content: readonly Uint8Array[]) => element(0x30, ...content);
const text = (tag: number, value: string | Uint8Array) => element(tag, Buffer.from(value as string));
const integer = (bytes: Uint8Array) => element(0x02, bytes);
const TRUE = element(0x01, Buffer.from([0xff]));

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const bytes = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left & 0x7f) | 0x80);
    return bytes;
  });
  return element(0x06, Buffer.from(arcs));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14);
  return Number(digits.slice(0, 4)) < 2050 ? text(0x17, `${digits.slice(2)}Z`) : text(0x18, `${digits}Z`);
}

const nameTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  OU: '2.5.4.11',
  O: '2.5.4.10',
  email: '1.2.840.113549.1.9.1',
};

/** `[['O', 'Acme'], ['CN', 'web']]` */
export type NameParts = readonly (readonly [type: string, value: string | Uint8Array])[];

export function nameOf(parts: NameParts, tag = 0x0c): Buffer {
  return sequence(...parts.map(([type, value]) => element(0x31, sequence(objectId(nameTypes[type] ?? type), text(tag, value)))));
}

export interface ExtensionParts {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export const extension = {
  authority: (pathLength?: number): ExtensionParts => ({
    id: '2.5.29.19',
    critical: true,
    value: sequence(TRUE, ...(pathLength === undefined ? [] : [integer(Buffer.from([pathLength]))])),
  }),
  noAuthority: (): ExtensionParts => ({ id: '2.5.29.19', critical: true, value: sequence() }),
  /** Bits of KeyUsage: 0 digitalSignature, 5 keyCertSign, 6 cRLSign. */
  keyUsage: (...bits: readonly number[]): ExtensionParts => {
    const byte = bits.reduce((all, bit) => all | (0x80 >> bit), 0);
    const unused = Math.max(0, 31 - Math.clz32(byte & -byte));
    return { id: '2.5.29.15', critical: true, value: element(0x03, Buffer.from([unused, byte])) };
  },
  purposes: (...ids: readonly string[]): ExtensionParts => ({ id: '2.5.29.37', value: sequence(...ids.map(objectId)) }),
  names: (...names: readonly Uint8Array[]): ExtensionParts => ({ id: '2.5.29.17', value: sequence(...names) }),
  /** Names as `generalName` makes them. */
  constraints: (permitted: readonly Uint8Array[], excluded: readonly Uint8Array[] = []): ExtensionParts => ({
    id: '2.5.29.30',
    critical: true,
    value: sequence(
      ...(permitted.length === 0 ? [] : [element(0xa0, ...permitted.map((name) => sequence(name)))]),
      ...(excluded.length === 0 ? [] : [element(0xa1, ...excluded.map((name) => sequence(name)))]),
    ),
  }),
  text: (id: string, value: string): ExtensionParts => ({ id, value: text(0x0c, value) }),
};

export const generalName = {
  email: (value: string | Uint8Array) => text(0x81, value),
  dns: (value: string | Uint8Array) => text(0x82, value),
  uri: (value: string | Uint8Array) => text(0x86, value),
  address: (...bytes: readonly number[]) => element(0x87, Buffer.from(bytes)),
  directory: (parts: NameParts) => element(0xa4, nameOf(parts)),
  other: () => element(0xa0, objectId('1.3.6.1.4.1.311.20.2.3'), element(0xa0, text(0x0c, 'ada@acme.example'))),
};

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const purposes = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1', any: '2.5.29.37.0' } as const;

const algorithms = {
  ecdsa: { id: '1.2.840.10045.4.3.2', hash: 'sha256', parameters: [] },
  'ecdsa-sha1': { id: '1.2.840.10045.4.1', hash: 'sha1', parameters: [] },
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256', parameters: [element(0x05)] },
  'rsa-sha1': { id: '1.2.840.113549.1.1.5', hash: 'sha1', parameters: [element(0x05)] },
  ed25519: { id: '1.3.101.112', hash: null, parameters: [] },
} as const;
type AlgorithmName = keyof typeof algorithms;

const ecKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' });

function algorithmFor({ asymmetricKeyType }: KeyObject): AlgorithmName {
  return asymmetricKeyType === 'rsa' ? 'rsa' : asymmetricKeyType === 'ed25519' ? 'ed25519' : 'ecdsa';
}

function signed(body: Buffer, algorithm: Buffer, { hash }: { readonly hash: string | null }, key: KeyObject): Buffer {
  return sequence(body, algorithm, element(0x03, Buffer.from([0]), sign(hash, body, key)));
}

const algorithmIdentifier = (name: AlgorithmName) => sequence(objectId(algorithms[name].id), ...algorithms[name].parameters);

export interface Wanted {
  readonly subject?: NameParts;
  readonly subjectDer?: Buffer;
  readonly extensions?: readonly ExtensionParts[];
  readonly keys?: Keys;
  /** Milliseconds since the epoch. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly algorithm?: AlgorithmName;
  readonly serial?: Uint8Array;
  readonly version?: 1 | 3;
}

/** What one has of a certificate that one asked for. */
export interface Made extends Keys {
  readonly der: Buffer;
  readonly pem: string;
  readonly keyPem: string;
  readonly name: Buffer;
}

/** By `issuer`, or by itself without one. */
export function makeCertificate(wanted: Wanted, now: number, issuer?: Made): Made {
  const keys = wanted.keys ?? ecKeys();
  const name = wanted.subjectDer ?? nameOf(wanted.subject ?? []);
  const signer = issuer?.privateKey ?? keys.privateKey;
  const algorithm = wanted.algorithm ?? algorithmFor(signer);
  const { extensions = [], version = 3 } = wanted;
  const body = sequence(
    ...(version === 3 ? [element(0xa0, integer(Buffer.from([2])))] : []),
    integer(wanted.serial ?? Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithmIdentifier(algorithm),
    issuer?.name ?? name,
    sequence(time(wanted.notBefore ?? now - 3_600_000), time(wanted.notAfter ?? now + 86_400_000)),
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [element(0xa3, sequence(...extensions.map(writtenExtension)))]),
  );
  const der = signed(body, algorithmIdentifier(algorithm), algorithms[algorithm], signer);
  const keyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...keys, der, pem: pemOf('CERTIFICATE', der), keyPem, name };
}

function writtenExtension({ id, critical = false, value }: ExtensionParts): Buffer {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), element(0x04, value));
}

export function pemOf(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

export interface WantedList {
  readonly revoked: readonly Made[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number;
  readonly extensions?: readonly ExtensionParts[];
}

/** A revocation list of this authority. */
export function makeRevocationList(issuer: Made, { revoked, extensions = [], ...times }: WantedList, now: number): Buffer {
  const algorithm = algorithmFor(issuer.privateKey);
  const entries = revoked.map(({ der }) => sequence(integer(serialOf(der)), time(now - 60_000)));
  const body = sequence(
    integer(Buffer.from([1])),
    algorithmIdentifier(algorithm),
    issuer.name,
    time(times.thisUpdate ?? now - 60_000),
    time(times.nextUpdate ?? now + 86_400_000),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(extensions.length === 0 ? [] : [element(0xa0, sequence(...extensions.map(writtenExtension)))]),
  );
  return signed(body, algorithmIdentifier(algorithm), algorithms[algorithm], issuer.privateKey);
}

/** As OpenSSL reads it, not we. */
function serialOf(der: Buffer): Buffer {
  const bytes = Buffer.from(new X509Certificate(der).serialNumber, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

/** An authority of its own, or below another. */
export function makeAuthority(name: string, now: number, { below, ...wanted }: Wanted & { readonly below?: Made } = {}): Made {
  const extensions = wanted.extensions ?? [extension.authority(), extension.keyUsage(5, 6)];
  return makeCertificate({ subject: [['CN', name]], ...wanted, extensions }, now, below);
}
