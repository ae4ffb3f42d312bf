import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { optional, seq, uuid } from './shape.ts';

const of = { provider: 'DeepL', family: 'services', source: 'https://developers.deepl.com/docs/getting-started/auth' } as const;

export const deepl: readonly Detector[] = [
  keyed({ ...of, id: 'deepl-api-key', title: 'DeepL API key', keywords: ['deepl'], value: seq(uuid, optional(':fx')) }),
];
