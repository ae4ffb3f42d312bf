import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Oracle Cloud',
  family: 'clouds',
  source: 'https://docs.oracle.com/en-us/iaas/Content/Identity/Tasks/managingcredentials.htm',
} as const;

export const oracleCloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'oracle-cloud-customer-secret-key',
    title: 'Oracle Cloud customer secret key',
    keywords: ['oci_secret', 'oracle_cloud', 'oci_customer', 'oci_s3'],
    value: seq(chars('base64', 43), '='),
  }),
];
