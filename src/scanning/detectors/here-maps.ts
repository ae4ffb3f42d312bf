import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'HERE', family: 'services', source: 'https://www.here.com/docs/' } as const;

export const hereMaps: readonly Detector[] = [
  keyed({
    ...of,
    id: 'here-maps-api-key',
    title: 'HERE API key',
    keywords: ['here_api', 'here_maps', 'heremaps', 'here_app'],
    value: chars('base64url', 43),
  }),
];
