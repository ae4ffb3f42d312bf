import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'ClickUp', family: 'services', source: 'https://developer.clickup.com/docs/authentication' } as const;

export const clickup: readonly Detector[] = [
  keyed({
    ...of,
    id: 'clickup-api-token',
    title: 'ClickUp personal API token',
    keywords: ['clickup'],
    value: seq('pk_', chars('digits', 5, 9), '_', chars('upperBase36', 32)),
  }),
];
