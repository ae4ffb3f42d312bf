import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'DagsHub',
  family: 'ml-tooling',
  source: 'https://dagshub.com/docs/ (shape from practice, not published)',
} as const;

export const dagshub: readonly Detector[] = [
  keyed({
    ...of,
    id: 'dagshub-token',
    title: 'DagsHub token',
    keywords: ['dagshub'],
    value: chars('hex', 40),
    seen: [
      'dagshub.auth.add_app_token("{}")',
      'dvc remote modify origin --local password x  # dagshub\nDAGSHUB_TOKEN={}',
      '[\'remote "dagshub"\']\n    user = u\n    password = {}\n',
    ],
    unseen: ['https://dagshub.com/user/repo/src/{}'],
  }),
];
