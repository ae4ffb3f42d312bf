import { WatchwordError } from '../../foundation/errors.ts';
import { Baseline } from '../../scanning/baseline/baseline.ts';
import type { BaselineFile } from '../../scanning/baseline/baseline-file.ts';
import { baselinePath, readBaseline, readNamedBaseline } from '../../scanning/baseline/find-baseline.ts';
import type { Confidence, Detector } from '../../scanning/detector.ts';
import {
  type Fingerprinter,
  fingerprintKeyFile,
  keyedFingerprinter,
  SHARED_SALT,
  saltedFingerprinter,
} from '../../scanning/fingerprints.ts';
import type { Terminal } from '../terminal.ts';

/** Options of every command that scans. */
export interface ScanningOptions {
  readonly keyFile?: string;
  /** Path of a secret in the store that holds the key. */
  readonly keySecret?: string;
  /** A file, or false for `--no-baseline`; true and undefined for the one at the repository's root. */
  readonly baseline?: string | boolean;
  readonly detector?: readonly string[];
  readonly skipDetector?: readonly string[];
  readonly minConfidence?: Confidence;
}

/** Key and exceptions of one run. */
export interface ScanningSettings {
  readonly fingerprinter: Fingerprinter;
  readonly baseline?: Baseline;
  readonly baselineFile?: BaselineFile;
  /** Where the baseline is or would be. */
  readonly baselinePath: string;
}

/** @throws WatchwordError for a key file or a baseline that cannot be used */
export async function scanningSettings(options: ScanningOptions, folder: string, terminal: Terminal): Promise<ScanningSettings> {
  const named = typeof options.baseline === 'string' ? options.baseline : undefined;
  const path = named ?? baselinePath(folder);
  const file = await baselineFileOf(options, path, named !== undefined);
  const fingerprinter = await fingerprinterFor(options, file, terminal);
  if (file === undefined) return { fingerprinter, baselinePath: path };
  const baseline = new Baseline(file, { path, today: today(), keyId: fingerprinter.keyId });
  return { fingerprinter, baseline, baselineFile: file, baselinePath: path };
}

async function baselineFileOf(options: ScanningOptions, path: string, isNamed: boolean): Promise<BaselineFile | undefined> {
  if (options.baseline === false) return undefined;
  return isNamed ? readNamedBaseline(path) : readBaseline(path);
}

/** As a shell takes it, for a command that is to make the same fingerprints; undefined without a team's key. */
export function keyOption({ keyFile, keySecret }: ScanningOptions): string | undefined {
  const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  if (keySecret !== undefined) return `--key-secret ${word(keySecret)}`;
  return keyFile === undefined ? undefined : `--key-file ${word(keyFile)}`;
}

/** Whether fingerprints are made with the team's key. */
export const hasTeamKey = ({ keyFile, keySecret }: ScanningOptions): boolean => keyFile !== undefined || keySecret !== undefined;

async function fingerprinterFor(
  { keyFile, keySecret }: ScanningOptions,
  file: BaselineFile | undefined,
  terminal: Terminal,
): Promise<Fingerprinter> {
  if (keySecret !== undefined) {
    const { storedTeamKey } = await import('./team-key.ts');
    return keyedFingerprinter(await storedTeamKey(keySecret, terminal));
  }
  if (keyFile !== undefined) return keyedFingerprinter(await fingerprintKeyFile(keyFile));
  return saltedFingerprinter(file?.salt === undefined ? SHARED_SALT : Buffer.from(file.salt, 'hex'));
}

/** ISO date, UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/**
 * The detectors that a run uses, by id or family.
 * @throws WatchwordError `client.usage` for a name that is neither
 */
export async function chosenDetectors({ detector, skipDetector }: ScanningOptions): Promise<readonly Detector[]> {
  const { catalogue } = await import('../../scanning/catalogue.ts');
  const named = (name: string) => (one: Detector) => one.id === name || one.family === name;
  for (const name of [...(detector ?? []), ...(skipDetector ?? [])]) {
    if (catalogue.some(named(name))) continue;
    throw new WatchwordError('client.usage', 'There is no such detector or family; see --list-detectors.', { where: name });
  }
  // The very list: for it the scanner's tables are at hand.
  if (detector === undefined && skipDetector === undefined) return catalogue;
  const wanted = detector === undefined ? catalogue : catalogue.filter((one) => detector.some((name) => named(name)(one)));
  return wanted.filter((one) => !(skipDetector ?? []).some((name) => named(name)(one)));
}
