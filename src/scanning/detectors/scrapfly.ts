import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Scrapfly',
  family: 'ml-tooling',
  source: 'https://scrapfly.io/docs/ (shape from practice, not published)',
} as const;

export const scrapfly: readonly Detector[] = [
  token({
    ...of,
    id: 'scrapfly-api-key',
    title: 'Scrapfly API key',
    prefix: 'scp-live-',
    body: chars('hex', 32),
    seen: ['client = ScrapflyClient(key="{}")'],
  }),
];
