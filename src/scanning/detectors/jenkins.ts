import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Jenkins',
  family: 'continuous-integration',
  source: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
} as const;

export const jenkins: readonly Detector[] = [
  keyed({
    ...of,
    id: 'jenkins-api-token',
    title: 'Jenkins API token',
    keywords: ['jenkins'],
    value: either(seq('11', chars('hex', 32)), chars('hex', 32)),
  }),
];
