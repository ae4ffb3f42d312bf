import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Voyage AI',
  family: 'ml-providers',
  source: 'https://docs.voyageai.com/ (shape from practice, not published)',
} as const;

export const voyage: readonly Detector[] = [
  token({
    ...of,
    id: 'voyage-api-key',
    title: 'Voyage AI API key',
    prefix: 'pa-',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
    seen: ['vo = voyageai.Client(api_key="{}")'],
    unseen: ['pa-11y', 'pa-toggle-content-item-expanded'],
  }),
];
