import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, seq } from './shape.ts';

const of = {
  provider: 'DataRobot',
  family: 'ml-tooling',
  source: 'https://docs.datarobot.com/ (shape from practice, not published)',
} as const;

export const datarobot: readonly Detector[] = [
  keyed({
    ...of,
    id: 'datarobot-api-token',
    title: 'DataRobot API token',
    keywords: ['datarobot'],
    value: seq(chars('base64url', 60, 96), optional(either('==', '='))),
    seen: ['DATAROBOT_API_TOKEN={}'],
  }),
];
