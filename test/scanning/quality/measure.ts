import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import { type Positive, positiveClasses, positives, type Sample } from './positives.ts';
import { silentSamples } from './silence.ts';

export interface Tally {
  readonly samples: number;
  /** Something was found in the place of the secret. */
  readonly found: number;
  /** Of those found: what was found is the secret, exactly. */
  readonly exact: number;
}

export interface Quality {
  readonly positives: ReadonlyMap<string, Tally>;
  /** By group: samples, and how many were flagged at any confidence. */
  readonly silent: ReadonlyMap<string, { readonly samples: number; readonly flagged: number }>;
  readonly missed: readonly Positive[];
  readonly inexact: readonly (Positive & { readonly reported: string })[];
  readonly flagged: readonly (Sample & { readonly detector: string; readonly reported: string })[];
}

/** Runs all detectors over labelled samples; every sample is a file of its own. */
export function measure(seed: string, perDetector: number, perFamily: number): Quality {
  const scanner = new Scanner(catalogue);
  const scan = ({ text, path }: Sample) => scanner.scan(Buffer.from(text, 'latin1'), { path });
  const missed: Positive[] = [];
  const inexact: (Positive & { reported: string })[] = [];
  const tallies = new Map<string, Tally>(positiveClasses.map((group) => [group, { samples: 0, found: 0, exact: 0 }]));
  for (const sample of positives(seed, perDetector)) {
    const start = sample.text.indexOf(sample.value);
    const end = start + sample.value.length;
    const there = scan(sample).filter((hit) => hit.start < end && hit.end > start);
    const exact = there.some((hit) => hit.start === start && hit.end === end);
    if (there.length === 0) missed.push(sample);
    else if (!exact) inexact.push({ ...sample, reported: there.map(({ value }) => value.toString('latin1')).join(' ') });
    const { samples = 0, found = 0, exact: before = 0 } = tallies.get(sample.group) ?? {};
    tallies.set(sample.group, { samples: samples + 1, found: found + Number(there.length > 0), exact: before + Number(exact) });
  }
  return { positives: tallies, missed, inexact, ...measureSilence(scan, silentSamples(seed, perFamily)) };
}

function measureSilence(
  scan: (sample: Sample) => ReturnType<Scanner['scan']>,
  samples: readonly Sample[],
): Pick<Quality, 'silent' | 'flagged'> {
  const silent = new Map<string, { samples: number; flagged: number }>();
  const flagged: (Sample & { detector: string; reported: string })[] = [];
  for (const sample of samples) {
    const [hit] = scan(sample);
    if (hit !== undefined) flagged.push({ ...sample, detector: hit.detector.id, reported: hit.value.toString('latin1') });
    const before = silent.get(sample.group) ?? { samples: 0, flagged: 0 };
    silent.set(sample.group, { samples: before.samples + 1, flagged: before.flagged + Number(hit !== undefined) });
  }
  return { silent, flagged };
}
