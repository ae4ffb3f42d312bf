import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Clarifai',
  family: 'ml-providers',
  source: 'https://github.com/mongodb/kingfisher/tree/main/data/rules',
} as const;

export const clarifai: readonly Detector[] = [
  keyed({
    ...of,
    id: 'clarifai-access-token',
    title: 'Clarifai access token',
    keywords: ['clarifai'],
    value: chars('hex', 32),
    seen: [
      'metadata = (("authorization", "Key x"),)\nCLARIFAI_PAT = "{}"',
      'curl https://api.clarifai.com/v2/models -H "Authorization: Key {}"',
    ],
  }),
];
