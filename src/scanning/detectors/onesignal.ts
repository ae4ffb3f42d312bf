import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OneSignal',
  family: 'messaging',
  source: 'https://documentation.onesignal.com/docs/keys-and-ids',
} as const;

export const onesignal: readonly Detector[] = [
  token({
    ...of,
    id: 'onesignal-app-key',
    title: 'OneSignal app API key',
    prefix: 'os_v2_app_',
    body: chars({ of: 'abcdefghijklmnopqrstuvwxyz234567' }, 100, 110),
  }),
];
