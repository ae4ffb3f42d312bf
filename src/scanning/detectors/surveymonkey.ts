import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'SurveyMonkey', family: 'services', source: 'https://developer.surveymonkey.com/api/v3/' } as const;

export const surveymonkey: readonly Detector[] = [
  keyed({
    ...of,
    id: 'surveymonkey-access-token',
    title: 'SurveyMonkey access token',
    keywords: ['surveymonkey'],
    value: chars({ of: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.' }, 100, 180),
  }),
];
