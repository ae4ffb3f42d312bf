import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Kaggle', family: 'ml-tooling', source: 'https://www.kaggle.com/docs/api' } as const;

export const kaggle: readonly Detector[] = [
  token({
    ...of,
    id: 'kaggle-api-token',
    title: 'Kaggle API token',
    prefix: 'KGAT_',
    body: chars('hex', 32),
    seen: ['KAGGLE_API_TOKEN={}'],
  }),
  keyed({
    ...of,
    id: 'kaggle-legacy-key',
    title: 'Kaggle API key (legacy)',
    keywords: ['kaggle'],
    value: chars('hex', 32),
    source: 'https://www.kaggle.com/docs/api (shape from practice, not published)',
    seen: [
      'os.environ[\'KAGGLE_KEY\'] = "{}"',
      '!mkdir ~/.kaggle; echo \'{"username":"u","key":"{}"}\' > ~/.kaggle/kaggle.json',
      'KAGGLE_USERNAME=u KAGGLE_KEY={}',
    ],
    unseen: ['kaggle dataset md5: {}', 'https://www.kaggle.com/datasets/{}'],
  }),
];
