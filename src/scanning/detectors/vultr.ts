import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Vultr', family: 'clouds', source: 'https://www.vultr.com/api/' } as const;

export const vultr: readonly Detector[] = [
  keyed({ ...of, id: 'vultr-api-key', title: 'Vultr API key', keywords: ['vultr'], value: chars('upperBase36', 36) }),
];
