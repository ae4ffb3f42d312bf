import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Cloudinary', family: 'services', source: 'https://cloudinary.com/documentation/' } as const;

export const cloudinary: readonly Detector[] = [
  keyed({
    ...of,
    id: 'cloudinary-api-secret',
    title: 'Cloudinary API secret',
    keywords: ['cloudinary'],
    value: chars('base64url', 27),
  }),
];
