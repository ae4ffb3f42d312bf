import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Mailgun',
  family: 'messaging',
  source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/',
} as const;

export const mailgun: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mailgun-private-key',
    title: 'Mailgun private API key',
    keywords: ['mailgun', 'mg_api'],
    value: either(seq('key-', chars('hex', 32)), seq(chars('hex', 32), '-', chars('hex', 8), '-', chars('hex', 8))),
  }),
];
