import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'WordPress.com', family: 'services', source: 'https://developer.wordpress.com/docs/oauth2/' } as const;

export const wordpressCom: readonly Detector[] = [
  keyed({
    ...of,
    id: 'wordpress-com-client-secret',
    title: 'WordPress.com client secret',
    keywords: ['wordpress', 'wpcom', 'wp_client'],
    value: chars('base62', 64),
  }),
];
