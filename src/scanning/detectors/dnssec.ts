import type { Detector } from '../detector.ts';
import { anchored, around } from './anchored.ts';
import type { Maker } from './maker.ts';

const number = (make: Maker): string => make.bytes(make.pick([32, 48, 128])).toString('base64');

export const dnssec: readonly Detector[] = [
  anchored({
    id: 'dnssec-private-key',
    provider: 'BIND',
    title: 'DNSSEC private key file',
    family: 'keys',
    anchors: ['private-key-format: v1'],
    pattern:
      /Private-key-format: v1\.[0-9](?:\r?\n|\\n)Algorithm: [0-9]{1,3}[^\r\n]{0,40}(?:(?:\r?\n|\\n)(?!Private(?:Key|Exponent):)[^\r\n]{0,700}){0,6}(?:\r?\n|\\n)Private(?:Key|Exponent): (?<value>[A-Za-z0-9+/]{40,700}={0,2})/,
    reach: 6000,
    source: 'https://bind9.readthedocs.io/en/latest/manpages.html#dnssec-keygen',
    positive: around(
      number,
      (value) => `Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: ${value}\nCreated: 20250101000000\n`,
      (value) =>
        `Private-key-format: v1.2\nAlgorithm: 8 (RSASHA256)\nModulus: QUJD\nPublicExponent: AQAB\nPrivateExponent: ${value}\n`,
    ),
    negative: () => ['Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n'],
  }),
  anchored({
    id: 'tsig-key',
    provider: 'BIND',
    title: 'TSIG or RNDC key',
    family: 'keys',
    anchors: ['algorithm hmac-', 'algorithm "hmac-'],
    pattern: /algorithm "?hmac-[a-z0-9-]{3,12}"?;\s{0,40}secret\s{1,8}"?(?<value>[A-Za-z0-9+/]{16,120}={0,2})(?=["; ])/i,
    reach: 240,
    source: 'https://bind9.readthedocs.io/en/latest/reference.html#key-block-grammar',
    positive: around(
      (make) => make.bytes(32).toString('base64'),
      (value) => `key "rndc-key" {\n\talgorithm hmac-sha256;\n\tsecret "${value}";\n};\n`,
      (value) => `key ddns { algorithm hmac-md5; secret ${value}; };`,
    ),
    negative: () => ['key "a" {\n  algorithm hmac-sha256;\n  secret "<secret>";\n};'],
  }),
];
