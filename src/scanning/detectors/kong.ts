import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Kong', family: 'services', source: 'https://docs.konghq.com/konnect/' } as const;

export const kong: readonly Detector[] = [
  token({
    ...of,
    id: 'kong-personal-access-token',
    title: 'Kong Konnect personal access token',
    prefix: 'kpat_',
    body: chars('base62', 40, 60),
  }),
  token({
    ...of,
    id: 'kong-system-token',
    title: 'Kong Konnect system account token',
    prefix: 'spat_',
    body: chars('base62', 40, 60),
  }),
];
