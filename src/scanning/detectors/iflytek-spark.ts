import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'iFlytek Spark',
  family: 'ml-providers',
  source: 'https://www.xfyun.cn/doc/spark/ (shape from practice, not published)',
} as const;

export const iflytekSpark: readonly Detector[] = [
  keyed({
    ...of,
    id: 'iflytek-spark-api-secret',
    title: 'iFlytek Spark API secret',
    keywords: ['iflytek', 'xfyun', 'spark_api', 'sparkai', 'spark_llm', 'xunfei'],
    value: chars('base62', 32),
    seen: ['IFLYTEK_SPARK_API_SECRET={}'],
    unseen: ['xfyun_app_id = "{}"'],
  }),
];
