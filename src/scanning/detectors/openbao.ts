import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'OpenBao', family: 'infrastructure', source: 'https://openbao.org/docs/concepts/tokens/' } as const;

export const openbao: readonly Detector[] = [
  keyed({
    ...of,
    id: 'openbao-service-token',
    title: 'OpenBao token',
    keywords: ['bao_token', 'openbao'],
    value: seq('s.', chars('base62', 24)),
  }),
];
