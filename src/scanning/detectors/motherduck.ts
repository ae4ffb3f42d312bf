import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'MotherDuck', family: 'databases', source: 'https://motherduck.com/docs/' } as const;

export const motherduck: readonly Detector[] = [
  keyed({
    ...of,
    id: 'motherduck-token',
    title: 'MotherDuck access token',
    keywords: ['motherduck'],
    value: seq('eyJ', chars('base64url', 20, 200), '.', chars('base64url', 40, 500), '.', chars('base64url', 43)),
  }),
];
