import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Clipdrop',
  family: 'ml-providers',
  source: 'https://clipdrop.co/apis/docs/ (shape from practice, not published)',
} as const;

export const clipdrop: readonly Detector[] = [
  keyed({
    ...of,
    id: 'clipdrop-api-key',
    title: 'Clipdrop API key',
    keywords: ['clipdrop'],
    value: chars('hex', 128),
    seen: ['headers = {"x-api-key": "x"}\nCLIPDROP_API_KEY={}'],
  }),
];
