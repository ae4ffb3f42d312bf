import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Vercel', family: 'clouds', source: 'https://vercel.com/docs/rest-api' } as const;

export const vercel: readonly Detector[] = [
  token({
    ...of,
    id: 'vercel-personal-access-token',
    title: 'Vercel personal access token',
    prefix: 'vcp_',
    body: chars('base62', 56),
  }),
  token({ ...of, id: 'vercel-integration-token', title: 'Vercel integration token', prefix: 'vci_', body: chars('base62', 56) }),
  token({
    ...of,
    id: 'vercel-blob-token',
    title: 'Vercel Blob read-write token',
    prefix: 'vercel_blob_rw_',
    body: seq(chars('base62', 16), '_', chars('base62', 30, 40)),
  }),
  keyed({
    ...of,
    id: 'vercel-legacy-token',
    title: 'Vercel access token (legacy)',
    keywords: ['vercel_api', 'vercel'],
    value: chars('base62', 24),
  }),
];
