import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Hopsworks',
  family: 'ml-tooling',
  source: 'https://docs.hopsworks.ai/ (shape from practice, not published)',
} as const;

export const hopsworks: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hopsworks-api-key',
    title: 'Hopsworks API key',
    keywords: ['hopsworks'],
    value: seq(chars('base62', 16), '.', chars('base62', 64)),
    seen: ['project = hopsworks.login(api_key_value="{}")'],
  }),
];
