import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Vectara',
  family: 'ml-tooling',
  source: 'https://docs.vectara.com/ (shape from practice, not published)',
} as const;

export const vectara: readonly Detector[] = [
  token({
    ...of,
    id: 'vectara-index-key',
    title: 'Vectara index key',
    prefix: 'zut_',
    body: chars('base64url', 40),
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['headers = {"x-api-key": "{}"}'],
  }),
  token({
    ...of,
    id: 'vectara-query-key',
    title: 'Vectara query key',
    prefix: 'zqt_',
    body: chars('base64url', 40),
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['headers = {"x-api-key": "{}"}'],
  }),
  token({
    ...of,
    id: 'vectara-personal-key',
    title: 'Vectara personal key',
    prefix: 'zwt_',
    body: chars('base64url', 40),
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['headers = {"x-api-key": "{}"}'],
  }),
];
