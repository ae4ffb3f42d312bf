import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'GitGuardian', family: 'continuous-integration', source: 'https://docs.gitguardian.com/' } as const;

export const gitguardian: readonly Detector[] = [
  keyed({
    ...of,
    id: 'gitguardian-api-key',
    title: 'GitGuardian API key',
    keywords: ['gitguardian'],
    value: seq(chars('hex', 32), chars('hex', 32), chars('base62', 7)),
  }),
];
