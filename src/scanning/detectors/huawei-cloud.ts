import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Huawei Cloud',
  family: 'clouds',
  source: 'https://support.huaweicloud.com/intl/en-us/usermanual-iam/',
} as const;

export const huaweiCloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'huawei-cloud-secret-access-key',
    title: 'Huawei Cloud secret access key',
    keywords: ['huawei', 'hwclouds', 'hw_secret'],
    value: chars('base62', 40),
  }),
];
