import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, uuid } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Plaid', family: 'payments', source: 'https://plaid.com/docs/quickstart/glossary/' } as const;

export const plaid: readonly Detector[] = [
  token({ ...of, id: 'plaid-access-token', title: 'Plaid access token', prefix: 'access-production-', body: uuid }),
  token({
    ...of,
    id: 'plaid-sandbox-access-token',
    title: 'Plaid sandbox access token',
    prefix: 'access-sandbox-',
    body: uuid,
    confidence: 'medium',
  }),
  keyed({ ...of, id: 'plaid-secret', title: 'Plaid API secret', keywords: ['plaid'], value: chars('hex', 30) }),
];
