import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'BrowserStack', family: 'continuous-integration', source: 'https://www.browserstack.com/docs/' } as const;

export const browserstack: readonly Detector[] = [
  keyed({
    ...of,
    id: 'browserstack-access-key',
    title: 'BrowserStack access key',
    keywords: ['browserstack'],
    value: chars('base62', 20),
  }),
];
