import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'VirusTotal', family: 'services', source: 'https://docs.virustotal.com/reference/overview' } as const;

export const virustotal: readonly Detector[] = [
  keyed({
    ...of,
    id: 'virustotal-api-key',
    title: 'VirusTotal API key',
    keywords: ['virustotal', 'vt_api'],
    value: chars('hex', 64),
  }),
];
