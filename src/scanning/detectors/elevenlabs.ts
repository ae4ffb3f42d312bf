import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'ElevenLabs',
  family: 'ml-providers',
  source: 'https://github.com/mongodb/kingfisher/tree/main/data/rules',
} as const;

export const elevenlabs: readonly Detector[] = [
  token({
    ...of,
    id: 'elevenlabs-api-key',
    title: 'ElevenLabs API key',
    prefix: 'sk_',
    body: chars('hex', 48),
    seen: ['client = ElevenLabs(api_key="{}")', '-H "xi-api-key: {}"'],
  }),
  keyed({
    ...of,
    id: 'elevenlabs-legacy-key',
    title: 'ElevenLabs key (first form)',
    keywords: ['elevenlabs', 'eleven_labs', 'xi_api_key', 'eleven_api'],
    value: chars('hex', 32),
    source: 'https://elevenlabs.io/docs/ (shape from practice, not published)',
    seen: ['curl https://api.elevenlabs.io/v1/voices -H "xi-api-key: {}"', 'set_api_key("x")\nELEVEN_API_KEY={}'],
  }),
];
