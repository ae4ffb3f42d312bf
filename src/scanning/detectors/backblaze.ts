import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Backblaze',
  family: 'clouds',
  source: 'https://www.backblaze.com/docs/cloud-storage-application-keys',
} as const;

export const backblaze: readonly Detector[] = [
  keyed({
    ...of,
    id: 'backblaze-application-key',
    title: 'Backblaze application key',
    keywords: ['backblaze', 'b2_application', 'b2_app_key', 'b2_key'],
    value: seq('K00', chars('digits', 1), chars('base64', 27)),
  }),
];
