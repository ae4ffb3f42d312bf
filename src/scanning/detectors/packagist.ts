import type { Detector } from '../detector.ts';
import { chars, either, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Packagist', family: 'registries', source: 'https://packagist.com/docs/api' } as const;

export const packagist: readonly Detector[] = [
  token({
    ...of,
    id: 'packagist-organization-token',
    title: 'Packagist Private Packagist token',
    prefix: 'packagist_',
    body: seq(either('org', 'ack', 'out', 'uut'), '_', optional('read_'), chars('hex', 68)),
  }),
];
