import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'JumpCloud', family: 'services', source: 'https://docs.jumpcloud.com/' } as const;

export const jumpcloud: readonly Detector[] = [
  token({ ...of, id: 'jumpcloud-api-key', title: 'JumpCloud API key', prefix: 'jca_', body: chars('base62', 36, 44) }),
  keyed({
    ...of,
    id: 'jumpcloud-legacy-api-key',
    title: 'JumpCloud API key (legacy)',
    keywords: ['jumpcloud'],
    value: chars('hex', 40),
  }),
];
