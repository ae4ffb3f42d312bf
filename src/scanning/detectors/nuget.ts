import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'NuGet',
  family: 'registries',
  source: 'https://learn.microsoft.com/en-us/nuget/nuget-org/scoped-api-keys',
} as const;

export const nuget: readonly Detector[] = [
  token({
    ...of,
    id: 'nuget-api-key',
    title: 'NuGet API key',
    prefix: 'oy2',
    body: chars({ of: 'abcdefghijklmnopqrstuvwxyz234567' }, 43),
  }),
];
