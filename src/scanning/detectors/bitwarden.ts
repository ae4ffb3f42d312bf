import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq, uuid } from './shape.ts';

const of = { provider: 'Bitwarden', family: 'infrastructure', source: 'https://bitwarden.com/help/access-tokens/' } as const;

export const bitwarden: readonly Detector[] = [
  keyed({
    ...of,
    id: 'bitwarden-access-token',
    title: 'Bitwarden Secrets Manager access token',
    keywords: ['bws_access', 'bitwarden', 'bws'],
    value: seq('0.', uuid, '.', chars('base62', 30), ':', chars('base64', 22), '=='),
  }),
];
