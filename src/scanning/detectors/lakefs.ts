import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'lakeFS',
  family: 'ml-tooling',
  source: 'https://docs.lakefs.io/ (key id in the form of AWS, with AKIAJ and Q)',
} as const;

export const lakefs: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lakefs-secret-key',
    title: 'lakeFS secret access key',
    keywords: ['lakefs', 'lakectl'],
    value: chars('base64', 40),
    seen: ['LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY={}', 'lakefs:\n  endpoint: x\n  secret_access_key: {}\n'],
  }),
];
