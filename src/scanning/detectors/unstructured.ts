import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Unstructured',
  family: 'ml-tooling',
  source: 'https://docs.unstructured.io/ (shape from practice, not published)',
} as const;

export const unstructured: readonly Detector[] = [
  keyed({
    ...of,
    id: 'unstructured-api-key',
    title: 'Unstructured API key',
    keywords: ['unstructured'],
    value: chars('base62', 30),
    seen: [
      'client = UnstructuredClient(api_key_auth="{}")',
      'curl https://api.unstructured.io/general/v0/general -H "unstructured-api-key: {}"',
    ],
  }),
];
