import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Expo',
  family: 'continuous-integration',
  source: 'https://docs.expo.dev/accounts/programmatic-access/',
} as const;

export const expo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'expo-access-token',
    title: 'Expo access token',
    keywords: ['expo'],
    value: chars('base64url', 40),
  }),
];
