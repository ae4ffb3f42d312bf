import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Firecrawl',
  family: 'ml-providers',
  source: 'https://github.com/praetorian-inc/noseyparker/tree/main/crates/noseyparker/data/default/builtin/rules',
} as const;

export const firecrawl: readonly Detector[] = [
  token({
    ...of,
    id: 'firecrawl-api-key',
    title: 'Firecrawl API key',
    prefix: 'fc-',
    body: chars('hex', 32),
    seen: ['app = FirecrawlApp(api_key="{}")'],
    unseen: ['fc-badge fc-day-grid-event fc-h-event'],
  }),
];
