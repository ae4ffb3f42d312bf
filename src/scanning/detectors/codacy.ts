import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, uuid } from './shape.ts';

const of = { provider: 'Codacy', family: 'continuous-integration', source: 'https://docs.codacy.com/' } as const;

export const codacy: readonly Detector[] = [
  keyed({
    ...of,
    id: 'codacy-project-token',
    title: 'Codacy project token',
    keywords: ['codacy'],
    value: either(uuid, chars('hex', 32), chars('base62', 20)),
  }),
];
