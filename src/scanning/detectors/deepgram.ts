import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Deepgram',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const deepgram: readonly Detector[] = [
  keyed({
    ...of,
    id: 'deepgram-api-key',
    title: 'Deepgram API key',
    keywords: ['deepgram', 'dg_api', 'dg_key'],
    value: chars('hex', 40),
    seen: [
      'deepgram = Deepgram("{}")',
      'deepgram = DeepgramClient("{}")',
      'curl https://api.deepgram.com/v1/listen -H "Authorization: Token {}"',
      'DG_API_KEY={}',
    ],
    unseen: ['deepgram-sdk @ git+https://github.com/deepgram/sdk@{}'],
  }),
];
