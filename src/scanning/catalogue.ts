import type { Detector } from './detector.ts';
import * as providers from './detectors/index.ts';

/** Every detector there is, in the order of their ids. */
export const catalogue: readonly Detector[] = Object.values(providers)
  .flat()
  .sort((a, b) => (a.id < b.id ? -1 : 1));
