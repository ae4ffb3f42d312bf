import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Bugsnag', family: 'monitoring', source: 'https://docs.bugsnag.com/' } as const;

export const bugsnag: readonly Detector[] = [
  keyed({ ...of, id: 'bugsnag-api-key', title: 'Bugsnag API key', keywords: ['bugsnag'], value: chars('hex', 32) }),
];
