import { Maker } from '../../../src/scanning/detectors/maker.ts';
import type { Sample } from './positives.ts';
import { hashes } from './silent-hashes.ts';
import { placeholders } from './silent-placeholders.ts';
import { programs } from './silent-programs.ts';
import { records } from './silent-records.ts';
import { references } from './silent-references.ts';

/** Something that must stay silent, in as many variations as are asked for. */
export interface Family {
  readonly group: string;
  readonly path: string;
  readonly text: (make: Maker) => string;
}

const families: readonly Family[] = [...references, ...placeholders, ...hashes, ...programs, ...records];

/** How many kinds of places there are. */
export const familyCount = families.length;

/** Texts without any secret; the same ones for the same seed. */
export function silentSamples(seed: string, perFamily: number): Sample[] {
  const make = new Maker(seed);
  return families.flatMap(({ group, path, text }) =>
    Array.from({ length: perFamily }, () => ({ group, path, text: text(make) })),
  );
}
