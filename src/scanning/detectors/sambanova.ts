import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'SambaNova',
  family: 'ml-providers',
  source: 'https://docs.sambanova.ai/ (shape from practice, not published)',
} as const;

export const sambanova: readonly Detector[] = [
  keyed({
    ...of,
    id: 'sambanova-api-key',
    title: 'SambaNova API key',
    keywords: ['sambanova', 'samba_nova'],
    value: uuid,
    seen: ['SAMBANOVA_API_KEY={}'],
  }),
];
