import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Amplitude', family: 'monitoring', source: 'https://amplitude.com/docs/apis/authentication' } as const;

export const amplitude: readonly Detector[] = [
  keyed({ ...of, id: 'amplitude-secret-key', title: 'Amplitude secret key', keywords: ['amplitude'], value: chars('hex', 32) }),
];
