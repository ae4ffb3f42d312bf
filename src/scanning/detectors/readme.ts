import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'ReadMe', family: 'services', source: 'https://docs.readme.com/main/reference/authentication' } as const;

export const readme: readonly Detector[] = [
  token({ ...of, id: 'readme-api-key', title: 'ReadMe API key', prefix: 'rdme_', body: chars('base36', 70) }),
];
