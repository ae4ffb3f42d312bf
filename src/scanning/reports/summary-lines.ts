import type { BaselineEntry } from '../baseline/baseline-file.ts';
import { counted, grouped, printable, sizeText } from './printable.ts';
import type { ScanSummary } from './report.ts';

/** `3 findings: 1 high, 2 medium.`, and what was silenced. */
export function countsLine({ findings, silenced }: ScanSummary): string {
  const { high, medium, low } = findings;
  const parts = Object.entries(findings).flatMap(([name, count]) => (count === 0 ? [] : [`${grouped(count)} ${name}`]));
  const total = high + medium + low;
  const head = total === 0 ? 'Nothing found.' : `${counted(total, 'finding')}: ${parts.join(', ')}.`;
  const hushed = silenced.baseline + silenced.inline;
  return hushed === 0 ? head : `${head} Silenced: ${silencedText(silenced)}.`;
}

function silencedText({ baseline, inline }: ScanSummary['silenced']): string {
  const parts = [
    ...(baseline === 0 ? [] : [`${counted(baseline, 'place')} by the baseline`]),
    ...(inline === 0 ? [] : [`${counted(inline, 'place')} by a remark`]),
  ];
  return parts.join(', ');
}

/** `Scanned 1,204 files, 38.2 MiB, in 0.4 s.` */
export function scannedLine({ what, files, bytes, known, seconds }: ScanSummary): string {
  const before = known === 0 ? '' : `, ${counted(known, 'object')} known from before`;
  return `Scanned ${printable(what)}: ${counted(files, 'file')}, ${sizeText(bytes)}${before}, in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s.`;
}

/** What is to be said of the baseline; empty when all is well. */
export function baselineLines({ baseline, keyId }: ScanSummary): string[] {
  if (baseline === undefined) return [];
  const { path, foreignKey, expired, stale } = baseline;
  const file = printable(path);
  if (foreignKey !== undefined) {
    // A baseline without the team's key brings its salt along: with such a key the run has one too many.
    const cure = foreignKey.startsWith('salt-')
      ? 'Run without --key-file and --key-secret, or make it anew with the key'
      : 'Give --key-file or --key-secret';
    return [
      `Incomplete: ${file} was made with the key ${foreignKey}, this run has ${keyId}: none of its entries counts. ${cure}.`,
    ];
  }
  return [
    ...(expired.length === 0 ? [] : [`Expired in ${file}, silenced no longer:`, ...expired.map(entryLine)]),
    ...(stale.length === 0
      ? []
      : [`Stale in ${file}, not found any more (\`watchword baseline prune\` removes them):`, ...stale.map(entryLine)]),
  ];
}

const entryLine = ({ fingerprint, path, owner, expires }: BaselineEntry): string =>
  printable(`  ${shortId(fingerprint)}  ${path} (${owner}${expires === null ? '' : `, until ${expires}`})`);

/** Enough of a fingerprint to name it on a command line. */
export const shortId = (fingerprint: string): string =>
  fingerprint.slice(fingerprint.indexOf(':') + 1, fingerprint.indexOf(':') + 13);
