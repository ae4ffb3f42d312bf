import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Zoom', family: 'services', source: 'https://developers.zoom.us/docs/' } as const;

export const zoom: readonly Detector[] = [
  keyed({
    ...of,
    id: 'zoom-client-secret',
    title: 'Zoom client secret',
    keywords: ['zoom_client', 'zoom', 'zoom_api'],
    value: chars('base62', 32),
  }),
];
