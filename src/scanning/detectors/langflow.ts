import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Langflow',
  family: 'ml-tooling',
  source: 'https://docs.langflow.org/ (shape from practice, not published)',
} as const;

export const langflow: readonly Detector[] = [
  keyed({
    ...of,
    id: 'langflow-api-key',
    title: 'Langflow API key',
    keywords: ['langflow'],
    value: seq('sk-', chars('base64url', 43)),
    confidence: 'high',
    seen: ['LANGFLOW_API_KEY={}', 'curl http://localhost/langflow/api/v1/run -H "x-api-key: {}"'],
  }),
];
