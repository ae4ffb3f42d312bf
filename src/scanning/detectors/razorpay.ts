import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Razorpay', family: 'payments', source: 'https://razorpay.com/docs/api/authentication/' } as const;

export const razorpay: readonly Detector[] = [
  keyed({ ...of, id: 'razorpay-key-secret', title: 'Razorpay key secret', keywords: ['razorpay'], value: chars('base62', 24) }),
];
