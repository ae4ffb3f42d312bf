import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'ClickHouse Cloud',
  family: 'databases',
  source: 'https://clickhouse.com/docs/cloud/manage/openapi',
} as const;

export const clickhouseCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'clickhouse-cloud-api-secret',
    title: 'ClickHouse Cloud API key secret',
    prefix: '4b1d',
    body: chars('base62', 38),
  }),
];
