import { WatchwordError } from '../../foundation/errors.ts';
import { ownVersion } from '../../foundation/own-version.ts';
import type { Confidence } from '../../scanning/detector.ts';
import type { ScanResult } from '../../scanning/findings.ts';
import type { Report, ScanSummary } from '../../scanning/reports/report.ts';
import { type ScanOptions, scan } from '../../scanning/scan.ts';
import { newProgress } from '../../scanning/sighting.ts';
import { foundAtLeast, Tally } from '../../scanning/tally.ts';
import type { ScanTarget } from '../../scanning/targets.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { type OutputChoice, openReports } from './outputs.ts';
import { progressLine } from './progress-line.ts';
import { chosenDetectors, type ScanningOptions, scanningSettings } from './settings.ts';

/** Everything that `watchword scan` takes. */
export interface ScanCommandOptions extends ScanningOptions, OutputChoice {
  readonly staged?: boolean;
  readonly history?: boolean;
  readonly range?: string;
  readonly stdinName?: string;
  readonly exclude?: readonly string[];
  readonly respectGitignore?: boolean;
  readonly threads?: number;
  readonly failOn?: Confidence | 'never';
  readonly allowIncomplete?: boolean;
  readonly showSecrets?: boolean;
  /** Providers that are asked; `all` for all of them. */
  readonly verify?: readonly string[];
  readonly progress?: boolean;
}

/** What a command asks to be scanned. */
export interface Errand {
  readonly target: ScanTarget | ((options: Omit<ScanOptions, 'target'>) => AsyncIterable<ScanResult>);
  /** In words, for the report. */
  readonly what: string;
  /** Where to look for the baseline. */
  readonly folder: string;
  /** What is seen in full, so that an entry of the baseline that is not met is stale. */
  readonly full?: 'files' | 'history';
}

/** Scans, reports, and sets the exit code. */
export async function runScan(errand: Errand, options: ScanCommandOptions, terminal: Terminal): Promise<void> {
  refuseOpenSecrets(options, terminal);
  // Until the end is reached it has failed: a process that ends early must not look like one that found nothing.
  terminal.setExitCode(exitCodes.failed);
  const report = openReports(options, terminal, await ownVersion());
  const summary = await performScan(errand, options, terminal, report);
  terminal.setExitCode(exitCodeOf(summary, options));
}

/** Scans and reports. Ctrl-C ends it between two files; a second time ends the process. */
export async function performScan(
  errand: Errand,
  options: ScanCommandOptions,
  terminal: Terminal,
  report: Report,
): Promise<ScanSummary> {
  const detectors = await chosenDetectors(options);
  const { fingerprinter, baseline } = await scanningSettings(options, errand.folder, terminal);
  const livenessOf = options.verify === undefined ? undefined : await verification(options.verify);
  // Not `performance`, which loads a module that a hook does without.
  const started = process.uptime();
  const progress = newProgress();
  const tally = new Tally();
  const isQuiet = options.progress === false || options.quiet === true;
  const line = progressLine(isQuiet ? { ...terminal.stderr, isTerminal: false } : terminal.stderr, progress);
  const interrupted = await untilInterrupted(async (signal) => {
    const { target } = errand;
    const how = {
      detectors,
      fingerprinter,
      progress,
      signal,
      ...(options.minConfidence === undefined ? {} : { minConfidence: options.minConfidence }),
      ...(baseline === undefined ? {} : { silenceOf: (fingerprint: string) => baseline.silenceOf(fingerprint) }),
      ...(livenessOf === undefined ? {} : { livenessOf }),
      ...(options.showSecrets === true ? { showSecrets: true } : {}),
    };
    for await (const result of typeof target === 'function' ? target(how) : scan({ ...how, target })) {
      line.update();
      tally.add(result);
      report.add(result);
    }
  }).finally(line.clear);
  const summary = tally.summary({
    what: errand.what,
    keyId: fingerprinter.keyId,
    progress,
    seconds: process.uptime() - started,
    interrupted,
    baseline,
    full: isWhole(options) ? errand.full : undefined,
  });
  report.end(summary);
  return summary;
}

/** Whether Ctrl-C was pressed while `work` ran. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const stop = new AbortController();
  const interrupt = (): void => (stop.signal.aborted ? process.exit(exitCodes.interrupted) : stop.abort());
  process.on('SIGINT', interrupt);
  try {
    await work(stop.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
  return stop.signal.aborted;
}

/** The only thing of a scan that sends anything anywhere, and only when it is asked for by name. */
async function verification(kinds: readonly string[]): Promise<NonNullable<ScanOptions['livenessOf']>> {
  const { verificationBy } = await import('./verification.ts');
  return verificationBy(kinds);
}

/** With detectors or files left out, what is not met may be there all the same. */
const isWhole = ({ detector, skipDetector, exclude, respectGitignore }: ScanCommandOptions): boolean =>
  detector === undefined && skipDetector === undefined && exclude === undefined && respectGitignore !== true;

/** What was found goes before what was not seen: either way somebody has to look. */
function exitCodeOf(summary: ScanSummary, { failOn = 'medium', allowIncomplete }: ScanCommandOptions): number {
  if (summary.interrupted) return exitCodes.interrupted;
  if (failOn !== 'never' && foundAtLeast(summary, failOn)) return exitCodes.found;
  return summary.complete || allowIncomplete === true ? exitCodes.done : exitCodes.incomplete;
}

function refuseOpenSecrets({ showSecrets, format, output }: ScanCommandOptions, { stdout }: Terminal): void {
  if (showSecrets !== true) return;
  if (!stdout.isTerminal || (format ?? 'terminal') !== 'terminal' || output !== undefined) {
    throw new WatchwordError('client.usage', '--show-secrets is for a person at a terminal: no pipe, no file, no other format.');
  }
}
