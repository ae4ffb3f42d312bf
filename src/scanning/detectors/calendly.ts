import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Calendly', family: 'services', source: 'https://developer.calendly.com/' } as const;

export const calendly: readonly Detector[] = [
  keyed({
    ...of,
    id: 'calendly-access-token',
    title: 'Calendly personal access token',
    keywords: ['calendly'],
    value: seq('eyJ', chars('base64url', 20, 120), '.', chars('base64url', 60, 400), '.', chars('base64url', 43, 90)),
  }),
];
