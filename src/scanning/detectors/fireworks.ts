import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Fireworks AI',
  family: 'ml-providers',
  source: 'https://docs.fireworks.ai/ (shape from practice, not published)',
} as const;

export const fireworks: readonly Detector[] = [
  token({
    ...of,
    id: 'fireworks-api-key',
    title: 'Fireworks AI API key',
    prefix: 'fw_',
    body: chars('base62', 22, 24),
    confidence: 'medium',
    seen: ['fireworks.client.api_key = "{}"', 'FIREWORKS_API_KEY={}'],
    unseen: ['fw_update_status_register', 'fw_version_2024_01_01_final'],
  }),
  keyed({
    ...of,
    id: 'fireworks-legacy-key',
    title: 'Fireworks AI key without prefix',
    keywords: ['fireworks'],
    value: chars('base62', 48, 50),
    seen: ['Fireworks(fireworks_api_key="{}")'],
  }),
];
