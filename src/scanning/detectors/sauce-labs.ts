import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'Sauce Labs', family: 'continuous-integration', source: 'https://docs.saucelabs.com/' } as const;

export const sauceLabs: readonly Detector[] = [
  keyed({ ...of, id: 'sauce-labs-access-key', title: 'Sauce Labs access key', keywords: ['sauce'], value: uuid }),
];
