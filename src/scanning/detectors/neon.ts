import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Neon', family: 'databases', source: 'https://neon.com/docs/manage/api-keys' } as const;

export const neon: readonly Detector[] = [
  token({ ...of, id: 'neon-api-key', title: 'Neon API key', prefix: 'napi_', body: chars('base36', 64) }),
  token({ ...of, id: 'neon-database-password', title: 'Neon database password', prefix: 'npg_', body: chars('base62', 12, 16) }),
];
