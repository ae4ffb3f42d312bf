import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Trello',
  family: 'services',
  source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/',
} as const;

export const trello: readonly Detector[] = [
  token({ ...of, id: 'trello-token', title: 'Trello API token', prefix: 'ATTA', body: chars('hex', 72) }),
  keyed({
    ...of,
    id: 'trello-api-key',
    title: 'Trello API token (legacy)',
    keywords: ['trello'],
    value: either(chars('hex', 64), chars('hex', 32)),
  }),
];
