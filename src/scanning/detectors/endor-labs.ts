import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Endor Labs', family: 'continuous-integration', source: 'https://docs.endorlabs.com/' } as const;

export const endorLabs: readonly Detector[] = [
  token({ ...of, id: 'endor-labs-api-key', title: 'Endor Labs API key', prefix: 'endr+', body: chars('base62', 16) }),
];
