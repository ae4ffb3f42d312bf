import type { Detector } from '../detector.ts';
import { chars, either, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Pydantic Logfire', family: 'ml-tooling', source: 'https://logfire.pydantic.dev/docs/' } as const;

export const logfire: readonly Detector[] = [
  token({
    ...of,
    id: 'logfire-write-token',
    title: 'Logfire write token',
    prefix: 'pylf_v',
    body: seq(chars('digits', 1), '_', either('us_', 'eu_'), chars('base62', 43)),
    seen: ['logfire.configure(token="{}")'],
  }),
];
