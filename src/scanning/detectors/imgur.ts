import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Imgur', family: 'services', source: 'https://apidocs.imgur.com/' } as const;

export const imgur: readonly Detector[] = [
  keyed({ ...of, id: 'imgur-client-secret', title: 'Imgur client secret', keywords: ['imgur'], value: chars('hex', 40) }),
];
