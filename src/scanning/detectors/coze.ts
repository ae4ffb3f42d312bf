import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Coze',
  family: 'ml-tooling',
  source: 'https://www.coze.com/docs/ (shape from practice, not published)',
} as const;

export const coze: readonly Detector[] = [
  token({
    ...of,
    id: 'coze-access-token',
    title: 'Coze access token',
    prefix: 'pat_',
    body: chars('base62', 64),
    seen: ['coze = Coze(auth=TokenAuth("{}"))'],
  }),
  token({
    ...of,
    id: 'coze-service-token',
    title: 'Coze service access token',
    prefix: 'sat_',
    body: chars('base62', 64),
    seen: ['COZE_API_TOKEN={}'],
  }),
];
