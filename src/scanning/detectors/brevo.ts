import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Brevo', family: 'messaging', source: 'https://developers.brevo.com/docs/getting-started' } as const;

export const brevo: readonly Detector[] = [
  token({
    ...of,
    id: 'brevo-api-key',
    title: 'Brevo API key',
    prefix: 'xkeysib-',
    body: seq(chars('hex', 64), '-', chars('base62', 16)),
  }),
  token({
    ...of,
    id: 'brevo-smtp-key',
    title: 'Brevo SMTP key',
    prefix: 'xsmtpsib-',
    body: seq(chars('hex', 64), '-', chars('base62', 16)),
  }),
];
