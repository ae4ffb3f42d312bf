import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, seq } from './shape.ts';

const of = { provider: 'Asana', family: 'services', source: 'https://developers.asana.com/docs/personal-access-token' } as const;

export const asana: readonly Detector[] = [
  keyed({
    ...of,
    id: 'asana-personal-access-token',
    title: 'Asana personal access token',
    keywords: ['asana'],
    value: seq(
      either('0/', '1/', '2/'),
      chars('digits', 13, 19),
      optional(seq('/', chars('digits', 13, 19))),
      ':',
      chars('hex', 32),
    ),
  }),
];
