import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Dataiku',
  family: 'ml-tooling',
  source: 'https://doc.dataiku.com/ (shape from practice, not published)',
} as const;

export const dataiku: readonly Detector[] = [
  keyed({
    ...of,
    id: 'dataiku-api-key',
    title: 'Dataiku API key',
    keywords: ['dataiku', 'dss_api', 'dku_api'],
    value: either(chars('base62', 32), seq('dkuaps-', chars('base62', 32, 48))),
    seen: ['client = dataikuapi.DSSClient("https://dss.example.com", "{}")'],
  }),
];
