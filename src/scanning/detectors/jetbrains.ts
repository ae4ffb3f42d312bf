import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'JetBrains',
  family: 'services',
  source: 'https://www.jetbrains.com/help/hub/permanent-token.html',
} as const;

export const jetbrains: readonly Detector[] = [
  token({
    ...of,
    id: 'jetbrains-permanent-token',
    title: 'JetBrains permanent token',
    prefix: 'perm:',
    body: seq(
      chars('base64', 8, 40),
      chars({ of: '=' }, 0, 2),
      '.',
      chars('base64', 8, 40),
      chars({ of: '=' }, 0, 2),
      '.',
      chars('base62', 40, 60),
    ),
    notAfter: 'A-Za-z0-9+/',
  }),
];
