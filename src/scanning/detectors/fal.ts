import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq, uuid } from './shape.ts';

const of = {
  provider: 'fal',
  family: 'ml-providers',
  source: 'https://docs.fal.ai/ (shape from practice, not published)',
} as const;

export const fal: readonly Detector[] = [
  keyed({
    ...of,
    id: 'fal-key',
    title: 'fal key',
    keywords: ['fal', 'fal_ai'],
    value: seq(uuid, ':', chars('hex', 32)),
    seen: [
      'FAL_KEY="{}"',
      'fal.config({\n  credentials: "{}",\n});',
      'curl https://fal.run/fal-ai/flux -H "Authorization: Key {}"',
    ],
  }),
  keyed({
    ...of,
    id: 'fal-key-secret',
    title: 'fal key secret',
    keywords: ['fal_key_secret', 'fal_secret'],
    value: chars('hex', 32),
    seen: ['FAL_KEY_ID=x\nFAL_KEY_SECRET={}'],
  }),
];
