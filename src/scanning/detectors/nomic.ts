import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Nomic',
  family: 'ml-providers',
  source: 'https://docs.nomic.ai/ (shape from practice, not published)',
} as const;

export const nomic: readonly Detector[] = [
  token({
    ...of,
    id: 'nomic-api-key',
    title: 'Nomic API key',
    prefix: 'nk-',
    body: chars('base64url', 43),
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['nomic login {}', 'nomic.login("{}")'],
    unseen: ['nk-navigation-bar-item'],
  }),
];
