import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Dify',
  family: 'ml-tooling',
  source: 'https://docs.dify.ai/ (shape from practice, not published)',
} as const;

export const dify: readonly Detector[] = [
  token({
    ...of,
    id: 'dify-app-key',
    title: 'Dify app key',
    prefix: 'app-',
    body: chars('base62', 24),
    confidence: 'medium',
    seen: ['curl https://api.dify.ai/v1/chat-messages -H "Authorization: Bearer {}"'],
    unseen: ['app-internationalization-x'],
  }),
  token({
    ...of,
    id: 'dify-dataset-key',
    title: 'Dify knowledge key',
    prefix: 'dataset-',
    body: chars('base62', 24),
    confidence: 'medium',
    seen: ['DIFY_DATASET_KEY={}'],
    unseen: ['dataset-preprocessing-scripts'],
  }),
];
