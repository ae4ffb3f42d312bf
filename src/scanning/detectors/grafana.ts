import { crc32 } from 'node:zlib';
import type { Check, Detector } from '../detector.ts';
import { checkBase64Json } from './checks/base64-json.ts';
import { chars, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Grafana',
  family: 'monitoring',
  source: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
} as const;

/** CRC-32 as four bytes, the least significant first. */
function tailOf(start: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(start));
  return bytes.toString('hex');
}

function checkTail(value: string): Check {
  const ok = tailOf(value.slice(0, -9)) === value.slice(-8);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

const json = (object: object): string => Buffer.from(JSON.stringify(object)).toString('base64');

export const grafana: readonly Detector[] = [
  token({
    ...of,
    id: 'grafana-service-account-token',
    title: 'Grafana service account token',
    prefix: 'glsa_',
    body: sampled(seq(chars('base62', 32), '_', chars('hex', 8)), (make) => {
      const secret = make.chars('base62', 32);
      return `${secret}_${tailOf(`glsa_${secret}`)}`;
    }),
    check: checkTail,
  }),
  token({
    ...of,
    id: 'grafana-cloud-token',
    title: 'Grafana Cloud access policy token',
    prefix: 'glc_',
    body: sampled(seq('eyJ', chars('base64', 40, 300), chars({ of: '=' }, 0, 2)), (make) =>
      json({ o: make.chars('digits', 6), n: 'metrics', k: make.chars('base62', 24), m: { r: 'eu' } }),
    ),
    notAfter: 'A-Za-z0-9+/',
    check: (value) => checkBase64Json(value.slice('glc_'.length), ['k']),
  }),
  token({
    ...of,
    id: 'grafana-legacy-api-key',
    title: 'Grafana API key (legacy)',
    prefix: 'eyJrIjoi',
    body: sampled(seq(chars('base64', 40, 400), chars({ of: '=' }, 0, 2)), (make) =>
      json({ k: make.chars('base62', 32), n: 'ci', id: 1 }).slice('eyJrIjoi'.length),
    ),
    notAfter: 'A-Za-z0-9+/',
    check: (value) => checkBase64Json(value, ['k', 'n', 'id']),
  }),
];
