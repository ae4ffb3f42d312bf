import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'PubNub', family: 'messaging', source: 'https://www.pubnub.com/docs/' } as const;

export const pubnub: readonly Detector[] = [
  token({
    ...of,
    id: 'pubnub-secret-key',
    title: 'PubNub secret key',
    prefix: 'sec-c-',
    body: chars('base64', 48),
    notAfter: 'A-Za-z0-9+/',
  }),
];
