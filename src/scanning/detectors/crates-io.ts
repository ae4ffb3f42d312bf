import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'crates.io',
  family: 'registries',
  source: 'https://doc.rust-lang.org/cargo/reference/publishing.html',
} as const;

export const cratesIo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'crates-io-api-token',
    title: 'crates.io API token',
    keywords: ['crates', 'cargo'],
    value: seq('cio', chars('base62', 32)),
  }),
];
