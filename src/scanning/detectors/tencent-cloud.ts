import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Tencent Cloud', family: 'clouds', source: 'https://www.tencentcloud.com/document/product/598' } as const;

export const tencentCloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'tencent-cloud-secret-key',
    title: 'Tencent Cloud secret key',
    keywords: ['tencent', 'qcloud', 'akid', 'cos_secret'],
    value: chars('base62', 32),
  }),
];
