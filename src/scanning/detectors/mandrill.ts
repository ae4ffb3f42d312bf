import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Mandrill',
  family: 'messaging',
  source: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
} as const;

export const mandrill: readonly Detector[] = [
  token({
    ...of,
    id: 'mandrill-api-key',
    title: 'Mandrill API key',
    prefix: 'md-',
    body: chars('base64url', 22),
    notAfter: 'A-Za-z0-9_-',
    confidence: 'medium',
  }),
];
