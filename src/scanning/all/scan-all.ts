import { createHash } from 'node:crypto';
import type { Detector } from '../detector.ts';
import type { ScanResult } from '../findings.ts';
import { type ScanOptions, scan } from '../scan.ts';
import { StateFile } from './state-file.ts';
import { type Unit, unitsBelow } from './units.ts';

interface Everything {
  readonly root: string;
  readonly stateFile: string;
  readonly keyId: string;
  readonly detectors: readonly Detector[];
  readonly threads?: number;
}

/**
 * Scans everything below a folder, one repository after the other. What is found is kept in the state file, so that a run that was
 * stopped goes on where it was; the file is gone once the run is through.
 */
export async function* scanAll(everything: Everything, how: Omit<ScanOptions, 'target'>): AsyncGenerator<ScanResult> {
  const { root, stateFile, keyId, detectors } = everything;
  const earlier: ScanResult[] = [];
  const state = await StateFile.open(stateFile, { root, keyId, rules: rulesHash(detectors) }, (result) => earlier.push(result));
  let isThrough = false;
  try {
    yield* earlier;
    for await (const unit of unitsBelow(root)) {
      if (how.signal?.aborted) return;
      if (unit.kind === 'not-scanned') {
        yield unit;
        continue;
      }
      if (state.isDone(unit.id)) continue;
      const target = everything.threads === undefined ? unit.target : { ...unit.target, threads: everything.threads };
      for await (const result of resultsOf(scan({ ...how, target }), unit)) {
        await state.add(result);
        yield result;
      }
      if (how.signal?.aborted) return;
      await state.finish(unit.id);
    }
    isThrough = true;
  } finally {
    if (isThrough) await state.remove();
    else await state.close();
  }
}

/** A repository that cannot be opened is a part that was not scanned; the others are scanned all the same. */
async function* resultsOf(results: AsyncIterable<ScanResult>, { id, prefix }: Unit): AsyncGenerator<ScanResult> {
  try {
    for await (const result of results) yield prefixed(result, prefix);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    yield { kind: 'not-scanned', path: id, reason: error.message };
  }
}

function prefixed(result: ScanResult, prefix: string): ScanResult {
  if (prefix === '') return result;
  const path = `${prefix}${result.path}`;
  return result.kind === 'found' ? { ...result, path, address: `${prefix}${result.address}` } : { ...result, path };
}

function rulesHash(detectors: readonly Detector[]): string {
  const hash = createHash('sha256');
  for (const { id, pattern } of detectors) hash.update(`${id}\0${pattern.source}\0${pattern.flags}\0`);
  return hash.digest('hex');
}
