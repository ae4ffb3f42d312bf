import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'SendGrid',
  family: 'messaging',
  source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
} as const;

export const sendgrid: readonly Detector[] = [
  token({
    ...of,
    id: 'sendgrid-api-key',
    title: 'SendGrid API key',
    prefix: 'SG.',
    body: seq(chars('base64url', 20, 24), '.', chars('base64url', 39, 50)),
    notAfter: 'A-Za-z0-9_-',
  }),
];
