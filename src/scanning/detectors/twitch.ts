import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Twitch', family: 'services', source: 'https://dev.twitch.tv/docs/authentication/' } as const;

export const twitch: readonly Detector[] = [
  keyed({
    ...of,
    id: 'twitch-client-secret',
    title: 'Twitch client secret or access token',
    keywords: ['twitch'],
    value: chars('base36', 30),
  }),
];
