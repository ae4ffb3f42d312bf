import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'ConfigCat', family: 'services', source: 'https://configcat.com/docs/' } as const;

export const configcat: readonly Detector[] = [
  keyed({
    ...of,
    id: 'configcat-sdk-key',
    title: 'ConfigCat SDK key',
    keywords: ['configcat'],
    value: seq(chars('base64url', 22), '/', chars('base64url', 22)),
  }),
];
