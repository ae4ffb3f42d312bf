import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'ScrapingBee',
  family: 'ml-tooling',
  source: 'https://www.scrapingbee.com/documentation/ (shape from practice, not published)',
} as const;

export const scrapingbee: readonly Detector[] = [
  keyed({
    ...of,
    id: 'scrapingbee-api-key',
    title: 'ScrapingBee API key',
    keywords: ['scrapingbee'],
    value: chars('upperBase36', 80),
    seen: ['https://app.scrapingbee.com/api/v1/?api_key={}&url=x'],
  }),
];
