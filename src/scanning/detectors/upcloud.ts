import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'UpCloud', family: 'clouds', source: 'https://developers.upcloud.com/' } as const;

export const upcloud: readonly Detector[] = [
  token({ ...of, id: 'upcloud-api-token', title: 'UpCloud API token', prefix: 'ucat_', body: chars('upperBase36', 26) }),
];
