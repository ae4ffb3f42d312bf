import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Supervisely',
  family: 'ml-tooling',
  source: 'https://developer.supervisely.com/ (shape from practice, not published)',
} as const;

export const supervisely: readonly Detector[] = [
  keyed({
    ...of,
    id: 'supervisely-api-token',
    title: 'Supervisely API token',
    keywords: ['supervisely'],
    value: chars('base62', 128),
    seen: ['api = supervisely.Api("https://app.supervisely.com", "{}")'],
  }),
];
