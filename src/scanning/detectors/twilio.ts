import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, type Shape } from './shape.ts';

const of = { provider: 'Twilio', family: 'messaging', source: 'https://www.twilio.com/docs/iam/api-keys' } as const;

/** Not what could be the auth token, which is hexadecimal. */
const secret = chars('base62', 32);
const withCapital: Shape = {
  ...secret,
  source: `(?=[a-f0-9]{0,31}[A-Zg-z])${secret.source}`,
};

export const twilio: readonly Detector[] = [
  keyed({ ...of, id: 'twilio-auth-token', title: 'Twilio auth token', keywords: ['twilio'], value: chars('hex', 32) }),
  keyed({
    ...of,
    id: 'twilio-api-key-secret',
    title: 'Twilio API key secret',
    keywords: ['twilio_api', 'twilio_secret', 'twilio_key', 'twilio'],
    value: withCapital,
  }),
];
