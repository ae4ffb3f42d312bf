import type { Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import type { Maker } from './maker.ts';

const q = String.raw`\\{0,3}"`;
/** Members of a JSON object without an object in them. */
const OTHERS = '[^{}]{0,1600}?';
const member = (name: string, least: number, most: number): string =>
  String.raw`${q}${name}${q}\s{0,20}:\s{0,20}${q}(?<value>[A-Za-z0-9_-]{${least},${most}})(?=${q})`;

const pair = (make: Maker, bytes: number): string => make.bytes(bytes).toString('base64url');

export const jwk: readonly Detector[] = [
  anchored({
    id: 'json-web-key',
    provider: 'any',
    title: 'JSON Web Key with its private part',
    family: 'keys',
    anchors: ['"kty'],
    lead: 1700,
    pattern: new RegExp(
      String.raw`\{(?=${OTHERS}${q}kty${q}\s{0,20}:\s{0,20}${q}(?:RSA|EC|OKP)${q})${OTHERS}${member('d', 40, 1400)}`,
    ),
    reach: 4200,
    source: 'https://www.rfc-editor.org/rfc/rfc7518',
    positive: (make) =>
      [
        (d: string) => `{"kty":"EC","crv":"P-256","x":"${pair(make, 32)}","y":"${pair(make, 32)}","d":"${d}"}`,
        (d: string) => `{"d": "${d}", "kty": "OKP", "crv": "Ed25519", "x": "${pair(make, 32)}"}`,
        (d: string) =>
          `{\n  "p": "${pair(make, 128)}",\n  "kty": "RSA",\n  "q": "${pair(make, 128)}",\n  "d": "${d}",\n  "e": "AQAB"}`,
        (d: string) => `key = "{\\"kty\\":\\"EC\\",\\"d\\":\\"${d}\\",\\"crv\\":\\"P-256\\"}"`,
      ].map((surround) => {
        const value = pair(make, 32);
        return { text: surround(value), value };
      }),
    negative: (make) => [
      `{"kty":"EC","crv":"P-256","x":"${pair(make, 32)}","y":"${pair(make, 32)}"}`,
      `{"kty":"RSA","n":"${pair(make, 256)}","e":"AQAB"}`,
      `{"type": "RSA", "d": "${pair(make, 32)}"}`,
    ],
  }),
  anchored({
    id: 'json-web-key-symmetric',
    provider: 'any',
    title: 'Symmetric JSON Web Key',
    family: 'keys',
    anchors: ['"kty'],
    lead: 600,
    pattern: new RegExp(
      String.raw`\{(?=[^{}]{0,600}?${q}kty${q}\s{0,20}:\s{0,20}${q}oct${q})[^{}]{0,600}?${member('k', 16, 400)}`,
    ),
    reach: 1100,
    source: 'https://www.rfc-editor.org/rfc/rfc7518',
    positive: (make) =>
      [(k: string) => `{"kty":"oct","alg":"HS256","k":"${k}"}`, (k: string) => `{"k": "${k}",\n "kty": "oct"}`].map(
        (surround) => {
          const value = pair(make, 32);
          return { text: surround(value), value };
        },
      ),
    negative: (make) => [`{"kty":"RSA","k":"${pair(make, 32)}"}`],
  }),
];
