import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'Postmark', family: 'messaging', source: 'https://postmarkapp.com/developer/api/overview' } as const;

export const postmark: readonly Detector[] = [
  keyed({ ...of, id: 'postmark-server-token', title: 'Postmark server token', keywords: ['postmark'], value: uuid }),
];
