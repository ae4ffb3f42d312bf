import type { Detector } from '../detector.ts';
import { anchored, around } from './anchored.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Kaggle', family: 'ml-tooling', source: 'https://www.kaggle.com/docs/api' } as const;

/** A quote, which may be escaped as in a cell of a notebook. */
const Q = String.raw`\\{0,3}["']`;

export const kaggle: readonly Detector[] = [
  token({
    ...of,
    id: 'kaggle-api-token',
    title: 'Kaggle API token',
    prefix: 'KGAT_',
    body: chars('hex', 32),
    seen: ['KAGGLE_API_TOKEN={}'],
  }),
  anchored({
    ...of,
    id: 'kaggle-credentials-file',
    title: 'Kaggle API key in kaggle.json',
    anchors: ['username"', "username'", 'username\\'],
    pattern: new RegExp(
      `username${Q}\\s{0,4}:\\s{0,4}${Q}[^"'\\\\]{1,64}${Q}\\s{0,4},\\s{0,16}${Q}key${Q}\\s{0,4}:\\s{0,4}${Q}(?<value>[a-f0-9]{32})(?=${Q})`,
    ),
    reach: 200,
    positive: around(
      (make) => make.chars('hex', 32),
      (value) => `{"username":"me","key":"${value}"}`,
      (value) => `{\n  "username": "me",\n  "key": "${value}"\n}\n`,
      (value) => String.raw`"source": ["open(p, 'w').write('{\"username\":\"me\",\"key\":\"${value}\"}')\n"]`,
    ),
    negative: (make) => ['{"username":"me","key":""}', `{"user":"me","key":"${make.chars('hex', 32)}"}`],
  }),
  keyed({
    ...of,
    id: 'kaggle-legacy-key',
    title: 'Kaggle API key (legacy)',
    keywords: ['kaggle'],
    value: chars('hex', 32),
    source: 'https://www.kaggle.com/docs/api (shape from practice, not published)',
    seen: ['os.environ[\'KAGGLE_KEY\'] = "{}"', 'KAGGLE_USERNAME=u KAGGLE_KEY={}'],
    unseen: ['kaggle dataset md5: {}', 'https://www.kaggle.com/datasets/{}'],
  }),
];
