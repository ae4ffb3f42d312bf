import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Novita AI',
  family: 'ml-providers',
  source: 'https://novita.ai/docs/ (shape from practice, not published)',
} as const;

export const novita: readonly Detector[] = [
  token({
    ...of,
    id: 'novita-api-key',
    title: 'Novita AI API key',
    prefix: 'sk_',
    body: chars('base64url', 43),
    kind: 'contextual',
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = OpenAI(base_url="https://api.novita.ai/v3/openai", api_key="{}")'],
    unseen: ['sk_buff_head_init_with_lock_and_queue_limits'],
  }),
];
