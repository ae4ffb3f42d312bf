import { github } from '../../detectors/github.ts';
import { Maker } from '../../detectors/maker.ts';
import { Scanner } from '../../engine/scanner.ts';
import * as formats from '../../formats/index.ts';
import { type NotScanned, newProgress, type Progress, type Sighting } from '../../sighting.ts';
import type { Source } from '../../source.ts';
import { Unfolder } from '../../unfolder.ts';

export interface SourceRun {
  readonly sightings: readonly Sighting[];
  readonly notScanned: readonly NotScanned[];
  readonly progress: Progress;
  /** Addresses of what was found, sorted. */
  readonly addresses: readonly string[];
}

/** A credential that is found by its prefix. */
export function tokenFor(seed: string): string {
  const value = github[0]?.examples(new Maker(seed)).positive[0]?.value;
  if (value === undefined) throw new Error('no example');
  return value;
}

/** Everything that a source yields, with a few detectors and every format. */
export async function runSource(source: Source, signal?: AbortSignal): Promise<SourceRun> {
  const scanner = new Scanner(github);
  const progress = newProgress();
  const unfolder = new Unfolder(scanner, Object.values(formats), progress);
  const sightings: Sighting[] = [];
  const notScanned: NotScanned[] = [];
  for await (const event of source({ scanner, unfolder, progress, ...(signal === undefined ? {} : { signal }) })) {
    if (event.kind === 'sighting') sightings.push(event);
    else notScanned.push(event);
  }
  return { sightings, notScanned, progress, addresses: sightings.map(({ address }) => address).sort() };
}
