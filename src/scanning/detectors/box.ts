import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Box', family: 'services', source: 'https://developer.box.com/guides/authentication/' } as const;

export const boxCom: readonly Detector[] = [
  keyed({
    ...of,
    id: 'box-client-secret',
    title: 'Box client secret',
    keywords: ['box_client', 'box_secret', 'boxsdk', 'box_app'],
    value: chars('base62', 32),
  }),
];
