import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'RubyGems', family: 'registries', source: 'https://guides.rubygems.org/api-key-scopes/' } as const;

export const rubygems: readonly Detector[] = [
  token({ ...of, id: 'rubygems-api-key', title: 'RubyGems API key', prefix: 'rubygems_', body: chars('hex', 48) }),
];
