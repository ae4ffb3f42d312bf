import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { either, seq, uuid } from './shape.ts';

const of = { provider: 'Persona', family: 'services', source: 'https://docs.withpersona.com/' } as const;

export const persona: readonly Detector[] = [
  keyed({
    ...of,
    id: 'persona-api-key',
    title: 'Persona API key',
    keywords: ['persona'],
    value: seq('persona_', either('production_', 'sandbox_'), uuid),
  }),
];
