import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Civitai',
  family: 'ml-tooling',
  source: 'https://developer.civitai.com/ (shape from practice, not published)',
} as const;

export const civitai: readonly Detector[] = [
  keyed({
    ...of,
    id: 'civitai-api-key',
    title: 'Civitai API key',
    keywords: ['civitai'],
    value: chars('hex', 32),
    seen: ['wget "https://civitai.com/api/download/models/1?token={}"', 'CIVITAI_TOKEN={}'],
    unseen: ['https://image.civitai.com/{}/width=450'],
  }),
];
