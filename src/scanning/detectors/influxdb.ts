import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'InfluxDB',
  family: 'databases',
  source: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/',
} as const;

export const influxdb: readonly Detector[] = [
  keyed({
    ...of,
    id: 'influxdb-api-token',
    title: 'InfluxDB API token',
    keywords: ['influx'],
    value: seq(chars('base64url', 86), '=='),
  }),
];
