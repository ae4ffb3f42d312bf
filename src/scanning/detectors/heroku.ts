import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, uuid } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Heroku', family: 'clouds', source: 'https://devcenter.heroku.com/articles/authentication' } as const;

export const heroku: readonly Detector[] = [
  token({
    ...of,
    id: 'heroku-api-key',
    title: 'Heroku API key',
    prefix: 'HRKU-AA',
    body: chars('base64url', 58),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({ ...of, id: 'heroku-legacy-api-key', title: 'Heroku API key (legacy)', keywords: ['heroku'], value: uuid }),
];
