import type { Check, Detector } from '../detector.ts';
import { checkMarker } from './checks/marker.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Groq',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

const MARKER = 'WGdyb3FY';
const hasMarker = (value: string): Check => checkMarker(value, MARKER);
const body = sampled(chars('base62', 52), (make) => make.chars('base62', 20) + MARKER + make.chars('base62', 24));

export const groq: readonly Detector[] = [
  token({
    ...of,
    id: 'groq-api-key',
    title: 'Groq API key',
    prefix: 'gsk_',
    body,
    check: hasMarker,
    seen: ['client = Groq(api_key="{}")', 'ChatGroq(groq_api_key="{}", model_name="llama3-70b-8192")'],
  }),
];
