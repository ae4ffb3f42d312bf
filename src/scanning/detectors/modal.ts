import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Modal',
  family: 'ml-tooling',
  source: 'https://github.com/mongodb/kingfisher/blob/main/crates/kingfisher-rules/data/rules/modal.yml',
} as const;

export const modal: readonly Detector[] = [
  keyed({
    ...of,
    id: 'modal-token-secret',
    title: 'Modal token secret',
    keywords: ['modal', 'token_id', 'token_secret'],
    value: seq('as-', chars('base62', 22)),
    seen: [
      'modal token set --token-id ak-x --token-secret {}',
      '[default]\ntoken_id = "ak-x"\ntoken_secret = "{}"\n',
      'MODAL_TOKEN_SECRET={}',
    ],
  }),
];
