import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Domino Data Lab',
  family: 'ml-tooling',
  source: 'https://docs.dominodatalab.com/ (shape from practice, not published)',
} as const;

export const domino: readonly Detector[] = [
  keyed({
    ...of,
    id: 'domino-user-api-key',
    title: 'Domino user API key',
    keywords: ['domino_user', 'domino_api', 'domino_data', 'domino_token'],
    value: chars('hex', 64),
    seen: ['DOMINO_USER_API_KEY={}'],
  }),
];
