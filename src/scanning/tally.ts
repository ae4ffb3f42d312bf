import type { Baseline } from './baseline/baseline.ts';
import type { Confidence } from './detector.ts';
import { atLeast } from './finding-list.ts';
import type { ScanResult } from './findings.ts';
import type { ScanSummary } from './reports/report.ts';
import type { Progress } from './sighting.ts';

/** What a run is called, and what it would take to call an entry of the baseline stale. */
interface RunEnd {
  readonly what: string;
  readonly keyId: string;
  readonly progress: Progress;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly baseline?: Baseline | undefined;
  /** What was looked at in full; undefined for a part. */
  readonly full?: 'files' | 'history' | undefined;
}

/** Counts results as they pass. */
export class Tally {
  /** Best confidence of each secret that nothing silences. */
  readonly #open = new Map<string, Confidence>();
  #notScanned = 0;
  #baseline = 0;
  #inline = 0;

  add(result: ScanResult): void {
    if (result.kind === 'not-scanned') {
      this.#notScanned += 1;
    } else if (result.silence?.by === 'baseline') {
      this.#baseline += 1;
    } else if (result.silence?.by === 'inline') {
      this.#inline += 1;
    } else {
      const known = this.#open.get(result.fingerprint);
      if (known === undefined || !atLeast(known, result.confidence)) this.#open.set(result.fingerprint, result.confidence);
    }
  }

  summary(end: RunEnd): ScanSummary {
    const { what, keyId, progress, seconds, interrupted } = end;
    const findings = { high: 0, medium: 0, low: 0 };
    for (const confidence of this.#open.values()) findings[confidence] += 1;
    const wasRead = this.#notScanned === 0 && !interrupted;
    const baseline = end.baseline?.report(wasRead ? end.full : undefined);
    return {
      what,
      files: progress.files,
      bytes: progress.bytes,
      known: progress.known,
      seconds,
      findings,
      silenced: { baseline: this.#baseline, inline: this.#inline },
      notScanned: this.#notScanned,
      ...(baseline === undefined ? {} : { baseline }),
      keyId,
      interrupted,
      complete: wasRead && baseline?.foreignKey === undefined,
    };
  }
}

/** Whether a run found something that is at least this sure. */
export function foundAtLeast({ findings }: ScanSummary, least: Confidence): boolean {
  return Object.entries(findings).some(([confidence, count]) => count > 0 && atLeast(confidence as Confidence, least));
}
