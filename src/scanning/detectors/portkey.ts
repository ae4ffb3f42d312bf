import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Portkey',
  family: 'ml-tooling',
  source: 'https://portkey.ai/docs/ (shape from practice, not published)',
} as const;

export const portkey: readonly Detector[] = [
  keyed({
    ...of,
    id: 'portkey-api-key',
    title: 'Portkey API key',
    keywords: ['portkey'],
    value: chars('base64', 27, 28),
    seen: ['portkey = Portkey(api_key="{}")', 'headers = {"x-portkey-api-key": "{}"}'],
  }),
];
