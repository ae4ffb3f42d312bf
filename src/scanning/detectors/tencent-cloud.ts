import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Tencent Cloud', family: 'clouds', source: 'https://www.tencentcloud.com/document/product/598' } as const;

export const tencentCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'tencent-cloud-secret-id',
    title: 'Tencent Cloud secret id',
    prefix: 'AKID',
    body: chars('base62', 32),
    confidence: 'medium',
  }),
  keyed({
    ...of,
    id: 'tencent-cloud-secret-key',
    title: 'Tencent Cloud secret key',
    keywords: ['tencent', 'qcloud', 'akid', 'cos_secret'],
    value: chars('base62', 32),
  }),
];
