import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'MailerSend', family: 'messaging', source: 'https://developers.mailersend.com/' } as const;

export const mailersend: readonly Detector[] = [
  token({ ...of, id: 'mailersend-api-token', title: 'MailerSend API token', prefix: 'mlsn.', body: chars('hex', 64) }),
];
