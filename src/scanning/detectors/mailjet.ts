import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Mailjet', family: 'messaging', source: 'https://dev.mailjet.com/' } as const;

export const mailjet: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mailjet-secret-key',
    title: 'Mailjet secret key',
    keywords: ['mailjet', 'mj_apikey', 'mj_api'],
    value: chars('hex', 32),
  }),
];
