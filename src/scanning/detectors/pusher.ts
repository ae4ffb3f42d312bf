import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Pusher', family: 'messaging', source: 'https://pusher.com/docs/channels/' } as const;

export const pusher: readonly Detector[] = [
  keyed({ ...of, id: 'pusher-secret', title: 'Pusher app secret', keywords: ['pusher'], value: chars('hex', 20) }),
];
