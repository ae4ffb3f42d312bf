import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Twilio', family: 'messaging', source: 'https://www.twilio.com/docs/iam/api-keys' } as const;

export const twilio: readonly Detector[] = [
  keyed({ ...of, id: 'twilio-auth-token', title: 'Twilio auth token', keywords: ['twilio'], value: chars('hex', 32) }),
  keyed({
    ...of,
    id: 'twilio-api-key-secret',
    title: 'Twilio API key secret',
    keywords: ['twilio_api', 'twilio_secret', 'twilio_key', 'twilio'],
    value: chars('base62', 32),
  }),
];
