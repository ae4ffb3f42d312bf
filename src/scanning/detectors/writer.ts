import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Writer',
  family: 'ml-providers',
  source: 'https://dev.writer.com/ (shape from practice, not published)',
} as const;

export const writer: readonly Detector[] = [
  keyed({
    ...of,
    id: 'writer-api-key',
    title: 'Writer API key',
    keywords: ['writer_api', 'writer_key', 'writer_sdk', 'writerai', 'api.writer.com'],
    value: chars('base62', 30, 48),
    seen: ['WRITER_API_KEY={}'],
  }),
];
