import type { Detector, Example } from '../detector.ts';
import { anchored } from './anchored.ts';
import { checkPrivateKey } from './checks/private-key.ts';
import type { Maker } from './maker.ts';

/** Longest block: an RSA key of 16,384 bits with escapes has 13,000 characters. */
const MOST = 14_000;
/** What stands between the lines of a key: line ends, real, escaped or as entities, and quotes, joins and comment marks. */
const BREAK = String.raw`(?:\\{1,4}[nrt]|&#1[03];|%0[AaDd]|<br ?/?>|[\s"',|*#>\\;]|\+(?=\s))`;
const HEADERS = String.raw`(?:[A-Za-z-]{4,20}: [^\r\n\\]{0,120}${BREAK}{1,60}){0,6}`;
/** Anything that keys are wrapped in; no other block begins inside. */
const INSIDE = String.raw`(?:[A-Za-z0-9+/=\s\\"'${'`'},:;()<>&#%*|_$@!]|\.(?!\.)|-(?!---))`;
const TRUNCATED = String.raw`[A-Za-z0-9+/]{64,80}(?:(?:\\{1,4}[nr]|[\s"',|>*#]){1,40}[A-Za-z0-9+/]{40,80}){0,200}`;

const blockPattern = (begin: string, end: string): RegExp =>
  new RegExp(
    `(?<value>${begin}${BREAK}{1,80}(?=${HEADERS}[A-Za-z0-9+/]{24})(?:${INSIDE}{60,${MOST}}${end}|${HEADERS}${TRUNCATED}))`,
  );
const pemPattern = (label: string): RegExp => blockPattern(`-----BEGIN ${label}-----`, `-----END ${label}-----`);

/** DER around random bytes: looks like a key, and is none. */
function derSample(make: Maker, length: number): Buffer {
  const head = Buffer.from([0x30, 0x82, 0, 0]);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, make.bytes(length)]);
}

const opensshSample = (make: Maker): Buffer =>
  Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\x04none', 'latin1'), make.bytes(320)]);

function blockSample(label: string, bytes: Buffer, newline = '\n', headers = ''): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...(headers === '' ? [] : [headers, '']), ...lines, `-----END ${label}-----`].join(newline);
}

function blockExamples(label: string, make: Maker, bytes: (make: Maker) => Buffer): Example[] {
  const surroundings: readonly [string, (block: string) => string][] = [
    ['\n', (block) => `${block}\n`],
    ['\r\n', (block) => `key = """${block}"""`],
    ['\\n', (block) => `{"id": "a", "private_key": "${block}\\n"}`],
    ['\n    ', (block) => `tls.key: |\n    ${block}\nother: 1\n`],
    ['\\n" +\n      "', (block) => `String key = "${block}";`],
    [' ', (block) => `SIGNING_KEY="${block}"`],
    ['\\\\n', (block) => `"source": ["k = \\"${block}\\""]`],
  ];
  return surroundings.map(([newline, surround]) => {
    const value = blockSample(label, bytes(make), newline);
    return { text: surround(value), value };
  });
}

const of = { provider: 'any', family: 'keys', source: 'https://www.rfc-editor.org/rfc/rfc7468' } as const;

interface Kind {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly confidence?: Detector['confidence'];
  readonly bytes?: (make: Maker) => Buffer;
  readonly check?: Detector['check'];
}

const pem = ({ id, title, label, confidence = 'high', bytes = (make) => derSample(make, make.between(300, 700)), check }: Kind) =>
  anchored({
    ...of,
    id,
    title,
    confidence,
    anchors: [`-----begin ${label.toLowerCase()}-----`],
    pattern: pemPattern(label),
    reach: MOST + 400,
    check: check ?? ((value) => checkPrivateKey(value)),
    positive: (make) => {
      const truncated = blockSample(label, bytes(make)).split('\n').slice(0, 4).join('\n');
      return [...blockExamples(label, make, bytes), { text: `log: ${truncated}\n... 20 more lines`, value: truncated }];
    },
    negative: (make) => [
      `-----BEGIN ${label}-----\nMIIE...\n-----END ${label}-----`,
      `-----BEGIN ${label}-----\n<your key here>\n-----END ${label}-----`,
      `if text.startswith("-----BEGIN ${label}-----") and text.endswith("-----END ${label}-----"): return load(text)`,
      blockSample('CERTIFICATE', derSample(make, 600)),
      blockSample('PUBLIC KEY', derSample(make, 290)),
    ],
  });

/** Locked ones are worth less: a passphrase stands between the finder and the key. */
const locked = (value: string) => {
  const check = checkPrivateKey(value);
  return check.ok ? undefined : check;
};

export const privateKey: readonly Detector[] = [
  pem({ id: 'rsa-private-key', title: 'RSA private key (PKCS #1)', label: 'RSA PRIVATE KEY' }),
  pem({ id: 'ec-private-key', title: 'Elliptic-curve private key (SEC 1)', label: 'EC PRIVATE KEY' }),
  pem({ id: 'dsa-private-key', title: 'DSA private key', label: 'DSA PRIVATE KEY' }),
  pem({ id: 'pkcs8-private-key', title: 'Private key (PKCS #8)', label: 'PRIVATE KEY' }),
  pem({ id: 'openssh-private-key', title: 'OpenSSH private key', label: 'OPENSSH PRIVATE KEY', bytes: opensshSample }),
  pem({
    id: 'encrypted-private-key',
    title: 'Private key locked by a passphrase (PKCS #8)',
    label: 'ENCRYPTED PRIVATE KEY',
    confidence: 'medium',
    check: locked,
  }),
  pem({
    id: 'pgp-private-key',
    title: 'OpenPGP private key',
    label: 'PGP PRIVATE KEY BLOCK',
    bytes: (make) => Buffer.concat([Buffer.from([0x95, 0x03, 0xbe]), make.bytes(600)]),
  }),
  pem({
    id: 'sigstore-private-key',
    title: 'Sigstore (cosign) private key, locked by a passphrase',
    label: 'ENCRYPTED SIGSTORE PRIVATE KEY',
    confidence: 'medium',
    bytes: (make) => Buffer.from(`{"kdf":{"name":"scrypt"},"ciphertext":"${make.bytes(300).toString('base64')}"}`),
    check: () => undefined,
  }),
  pem({
    id: 'cosign-private-key',
    title: 'Cosign private key, locked by a passphrase',
    label: 'ENCRYPTED COSIGN PRIVATE KEY',
    confidence: 'medium',
    bytes: (make) => Buffer.from(`{"kdf":{"name":"scrypt"},"ciphertext":"${make.bytes(300).toString('base64')}"}`),
    check: () => undefined,
  }),
  pem({
    id: 'openvpn-tls-crypt-key',
    title: 'OpenVPN tls-crypt-v2 client key',
    label: 'OpenVPN tls-crypt-v2 client key',
    bytes: (make) => make.bytes(400),
    check: () => undefined,
  }),
  anchored({
    ...of,
    id: 'ssh2-private-key',
    title: 'SSH2 private key (SSH.com)',
    anchors: ['---- begin ssh2 encrypted private key ----'],
    pattern: blockPattern('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----', '---- END SSH2 ENCRYPTED PRIVATE KEY ----'),
    reach: MOST + 400,
    source: 'https://www.rfc-editor.org/rfc/rfc4716',
    positive: (make) => {
      const lines =
        make
          .bytes(400)
          .toString('base64')
          .match(/.{1,70}/g) ?? [];
      const value = [
        '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
        'Comment: "dsa key"',
        ...lines,
        '---- END SSH2 ENCRYPTED PRIVATE KEY ----',
      ].join('\n');
      return [{ text: `${value}\n`, value }];
    },
    negative: () => ['---- BEGIN SSH2 PUBLIC KEY ----\nComment: "x"\nAAAA\n---- END SSH2 PUBLIC KEY ----'],
  }),
];
