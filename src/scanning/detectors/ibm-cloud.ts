import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'IBM Cloud',
  family: 'clouds',
  source: 'https://cloud.ibm.com/docs/account?topic=account-userapikey',
} as const;

export const ibmCloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ibm-cloud-api-key',
    title: 'IBM Cloud API key',
    keywords: ['ibm_cloud', 'ibmcloud', 'ibm_api', 'ibm_key', 'watsonx', 'watson_api', 'watson_key', 'bluemix', 'ibm_iam'],
    value: chars('base64url', 44),
  }),
];
