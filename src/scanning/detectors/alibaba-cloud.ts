import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Alibaba Cloud',
  family: 'clouds',
  source: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
} as const;

export const alibabaCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'alibaba-cloud-sts-access-key-id',
    title: 'Alibaba Cloud temporary access key id',
    prefix: 'STS.',
    body: chars('base62', 22, 30),
    confidence: 'low',
  }),
  token({
    ...of,
    id: 'alibaba-cloud-access-key-id',
    title: 'Alibaba Cloud access key id',
    prefix: 'LTAI',
    body: chars('base62', 12, 21),
    confidence: 'medium',
  }),
  keyed({
    ...of,
    id: 'alibaba-cloud-access-key-secret',
    title: 'Alibaba Cloud access key secret',
    keywords: ['alibaba', 'aliyun', 'alicloud', 'ltai', 'oss_access_key', 'oss_secret'],
    value: chars('base62', 30),
  }),
];
