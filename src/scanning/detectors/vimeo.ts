import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Vimeo', family: 'services', source: 'https://developer.vimeo.com/api/authentication' } as const;

export const vimeo: readonly Detector[] = [
  keyed({ ...of, id: 'vimeo-access-token', title: 'Vimeo access token', keywords: ['vimeo'], value: chars('hex', 32) }),
];
