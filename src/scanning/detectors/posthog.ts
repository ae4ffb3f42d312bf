import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'PostHog', family: 'monitoring', source: 'https://posthog.com/docs/api' } as const;

export const posthog: readonly Detector[] = [
  token({
    ...of,
    id: 'posthog-personal-key',
    title: 'PostHog personal API key',
    prefix: 'phx_',
    body: chars('base64url', 41, 50),
    notAfter: 'A-Za-z0-9_-',
  }),
];
