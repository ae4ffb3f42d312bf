import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Postman',
  family: 'services',
  source: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
} as const;

export const postman: readonly Detector[] = [
  token({
    ...of,
    id: 'postman-api-key',
    title: 'Postman API key',
    prefix: 'PMAK-',
    body: seq(chars('hex', 24), '-', chars('hex', 34)),
  }),
];
