import type { BaselineReport } from '../baseline/baseline.ts';
import type { Confidence } from '../detector.ts';
import type { ScanResult } from '../findings.ts';

/** What a whole run came to. */
export interface ScanSummary {
  /** What was looked at, in words: `staged changes`, `the history of .`. */
  readonly what: string;
  readonly files: number;
  readonly bytes: number;
  /** Objects known from an earlier run under the same rules. */
  readonly known: number;
  readonly seconds: number;
  /** Secrets that nothing silences, by the best confidence of each. */
  readonly findings: Readonly<Record<Confidence, number>>;
  /** Sightings that were silenced. */
  readonly silenced: { readonly baseline: number; readonly inline: number };
  readonly notScanned: number;
  readonly baseline?: BaselineReport;
  readonly keyId: string;
  readonly interrupted: boolean;
  /** Everything was scanned, and the baseline could be applied. */
  readonly complete: boolean;
}

/** What a report knows of where it is read. */
export interface ReportContext {
  /** Version of this program. */
  readonly version: string;
  /** How this program is called, for hints. */
  readonly program: string;
  /** What a command needs to make the same fingerprints: `--key-file team.key`. Nothing without a key. */
  readonly keyOption?: string;
  readonly colour: boolean;
  /** Of the terminal that it is read on; lines may be of any length unless said. */
  readonly columns?: number;
}

/** One report that is being written. Holds no secret: it is given none. */
export interface Report {
  add(result: ScanResult): void;
  end(summary: ScanSummary): void;
}

/** One way to write down what was found. */
export interface ReportFormat {
  /** Kebab-case: `--format` names it. */
  readonly kind: string;
  readonly title: string;
  /** `write` takes pieces of text in order. */
  open(write: (text: string) => void, context: ReportContext): Report;
}
