import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Prefect',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const prefect: readonly Detector[] = [
  token({
    ...of,
    id: 'prefect-user-key',
    title: 'Prefect user API key',
    prefix: 'pnu_',
    body: chars('base62', 36),
    seen: ['prefect cloud login -k {}', 'PREFECT_API_KEY={}'],
  }),
  token({
    ...of,
    id: 'prefect-service-key',
    title: 'Prefect service account key',
    prefix: 'pnb_',
    body: chars('base62', 36),
    seen: ['prefect cloud login -k {}', 'PREFECT_API_KEY={}'],
  }),
];
