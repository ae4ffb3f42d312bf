import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Frame.io', family: 'services', source: 'https://developer.frame.io/' } as const;

export const frameIo: readonly Detector[] = [
  token({
    ...of,
    id: 'frame-io-api-token',
    title: 'Frame.io API token',
    prefix: 'fio-u-',
    body: chars('base64url', 64),
    notAfter: 'A-Za-z0-9_-',
  }),
];
