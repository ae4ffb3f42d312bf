import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Turso', family: 'databases', source: 'https://docs.turso.tech/' } as const;

export const turso: readonly Detector[] = [
  keyed({
    ...of,
    id: 'turso-api-token',
    title: 'Turso API token',
    keywords: ['turso'],
    value: seq('eyJ', chars('base64url', 20, 200), '.', chars('base64url', 20, 300), '.', chars('base64url', 80, 90)),
  }),
];
