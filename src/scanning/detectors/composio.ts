import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Composio',
  family: 'ml-tooling',
  source: 'https://docs.composio.dev/ (shape from practice, not published)',
} as const;

export const composio: readonly Detector[] = [
  keyed({
    ...of,
    id: 'composio-api-key',
    title: 'Composio API key',
    keywords: ['composio'],
    value: either(seq('ak_', chars('base64url', 18, 24)), chars('base36', 20, 24)),
    seen: ['toolset = ComposioToolSet(api_key="{}")'],
  }),
];
