import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Mailchimp',
  family: 'messaging',
  source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
} as const;

export const mailchimp: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mailchimp-api-key',
    title: 'Mailchimp API key',
    keywords: ['mailchimp', 'mc_api', 'mandrill'],
    value: seq(chars('hex', 32), '-us', chars('digits', 1, 2)),
  }),
];
