import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'TeamCity',
  family: 'continuous-integration',
  source: 'https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html',
} as const;

export const teamcity: readonly Detector[] = [
  token({
    ...of,
    id: 'teamcity-access-token',
    title: 'TeamCity access token',
    prefix: 'eyJ0eXAiOiAiVENWMiJ9.',
    body: seq(chars('base64url', 36), '.', chars('base64url', 48)),
    notAfter: 'A-Za-z0-9_-',
  }),
];
