import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'AgentOps',
  family: 'ml-tooling',
  source: 'https://docs.agentops.ai/ (shape from practice, not published)',
} as const;

export const agentops: readonly Detector[] = [
  keyed({
    ...of,
    id: 'agentops-api-key',
    title: 'AgentOps API key',
    keywords: ['agentops'],
    value: uuid,
    seen: ['agentops.init("{}")', 'agentops.init(api_key="{}", default_tags=["x"])'],
  }),
];
