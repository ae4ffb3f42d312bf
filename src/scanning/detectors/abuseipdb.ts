import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'AbuseIPDB', family: 'services', source: 'https://docs.abuseipdb.com/' } as const;

export const abuseipdb: readonly Detector[] = [
  keyed({ ...of, id: 'abuseipdb-api-key', title: 'AbuseIPDB API key', keywords: ['abuseipdb'], value: chars('hex', 80) }),
];
