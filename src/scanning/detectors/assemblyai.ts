import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'AssemblyAI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const assemblyai: readonly Detector[] = [
  keyed({
    ...of,
    id: 'assemblyai-api-key',
    title: 'AssemblyAI API key',
    keywords: ['assemblyai', 'assembly_ai', 'aai'],
    value: chars('hex', 32),
    seen: ['aai.settings.api_key = "{}"', 'curl https://api.assemblyai.com/v2/transcript -H "authorization: {}"'],
  }),
];
