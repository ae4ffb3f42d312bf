import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Redis Cloud', family: 'databases', source: 'https://redis.io/docs/latest/operate/rc/api/' } as const;

export const redisCloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'redis-cloud-api-secret',
    title: 'Redis Cloud API secret key',
    keywords: ['redis_cloud', 'rediscloud', 'redislabs'],
    value: chars('base36', 40, 60),
  }),
];
