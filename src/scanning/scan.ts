import { catalogue } from './catalogue.ts';
import type { Confidence, Detector } from './detector.ts';
import { Scanner } from './engine/scanner.ts';
import { atLeast } from './finding-list.ts';
import { type Disclosure, type ScanResult, withoutSecrets } from './findings.ts';
import { SHARED_SALT, saltedFingerprinter } from './fingerprints.ts';
import * as formats from './formats/index.ts';
import { pathMask } from './path-mask.ts';
import { newProgress, type Progress } from './sighting.ts';
import { openTarget, type ScanTarget } from './targets.ts';
import { Unfolder } from './unfolder.ts';

export type { Confidence, Detector, Family } from './detector.ts';
export { type Finding, FindingList } from './finding-list.ts';
export type { Essence, Found, Place, ScanResult, Silence } from './findings.ts';
export { type Fingerprinter, fingerprintKeyFile, keyedFingerprinter, newSalt, saltedFingerprinter } from './fingerprints.ts';
export type { NotScanned, Origin, Position, Progress } from './sighting.ts';
export type { ScanTarget } from './targets.ts';
export { catalogue };

export interface ScanOptions
  extends Partial<Pick<Disclosure, 'fingerprinter' | 'silenceOf' | 'markOf' | 'livenessOf' | 'showSecrets'>> {
  readonly target: ScanTarget;
  /** All of the `catalogue` unless said. */
  readonly detectors?: readonly Detector[];
  /** Less sure ones are left out; `low` unless said. */
  readonly minConfidence?: Confidence;
  /** Counts while the scan runs. */
  readonly progress?: Progress;
  /** Stops between two files; what was found until then was yielded. */
  readonly signal?: AbortSignal;
}

/**
 * Finds credentials and yields each place as it is found, without the secret itself. What cannot be scanned is a result as well
 * (`kind: 'not-scanned'`), not an error. Nothing that is scanned is executed, and nothing is sent anywhere.
 *
 *     for await (const result of scan({ target: { kind: 'paths', paths: ['.'] } })) console.log(result);
 *
 * @throws WatchwordError `client.usage` for a target that is not there
 */
export async function* scan(options: ScanOptions): AsyncGenerator<ScanResult> {
  const { detectors = catalogue, progress = newProgress(), minConfidence = 'low', signal } = options;
  const scanner = new Scanner(detectors);
  const known = Object.values(formats);
  const unfolder = new Unfolder(scanner, known, progress);
  const source = await openTarget(options.target, { detectors, formats: known });
  const events = source({ scanner, unfolder, progress, ...(signal === undefined ? {} : { signal }) });
  const results = withoutSecrets(events, {
    detectors: new Map(detectors.map((detector) => [detector.id, detector])),
    fingerprinter: options.fingerprinter ?? saltedFingerprinter(SHARED_SALT),
    maskPath: pathMask(detectors),
    ...(options.silenceOf === undefined ? {} : { silenceOf: options.silenceOf }),
    ...(options.markOf === undefined ? {} : { markOf: options.markOf }),
    ...(options.livenessOf === undefined ? {} : { livenessOf: options.livenessOf }),
    ...(options.showSecrets === undefined ? {} : { showSecrets: options.showSecrets }),
  });
  for await (const result of results) {
    if (result.kind === 'not-scanned' || atLeast(result.confidence, minConfidence)) yield result;
  }
}
