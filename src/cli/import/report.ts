import type { JsonObject } from '../../foundation/exact-json.ts';
import { table } from '../output/table.ts';
import { visible } from '../output/visible.ts';
import type { ImportedSecret, Outcome } from './apply.ts';
import type { Remark } from './source.ts';

export interface FileRemark extends Remark {
  readonly file: string;
}

/** What an import did or, when dry, would do. Holds names only. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly secrets: readonly ImportedSecret[];
  readonly notes: readonly FileRemark[];
  /** Lines that were not imported. */
  readonly problems: readonly FileRemark[];
}

/** Everything arrived, or would. */
export function succeeded({ secrets, problems }: ImportReport): boolean {
  return problems.length === 0 && secrets.every(({ outcome }) => outcome !== 'failed');
}

/** For programs: the wire's words. */
export function structuredReport({ dryRun, secrets, notes, problems }: ImportReport): JsonObject {
  return { dry_run: dryRun, secrets, notes, problems };
}

export function printedReport(report: ImportReport): string {
  const { secrets, notes, problems, dryRun } = report;
  const rows = secrets.map((secret) => [
    secret.file,
    secret.path,
    dryRun && secret.outcome !== 'unchanged' && secret.outcome !== 'failed' ? `would be ${secret.outcome}` : secret.outcome,
    whatChanged(secret),
  ]);
  const parts = [
    rows.length === 0 ? '' : table(['File', 'Secret', 'Outcome', keysHeading(secrets)], rows),
    remarks('Notes:', notes),
    remarks('Not imported:', problems),
    failures(secrets),
    `${summary(report)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function whatChanged({ outcome, keys, changed, owner }: ImportedSecret): string {
  if (outcome !== 'changed') return keyNames(keys);
  const owned = owner === undefined ? [] : [`owner: ${owner.before ?? 'nobody'} → ${owner.after}`];
  return [...(changed.length === 0 ? [] : [keyNames(changed)]), ...owned].join('; ');
}

const keysHeading = (secrets: readonly ImportedSecret[]) =>
  secrets.some(({ outcome, changed }) => outcome === 'changed' && changed.length > 0)
    ? 'Keys (where changed: the changed ones)'
    : 'Keys';

const SHOWN_KEYS = 6;

function keyNames(keys: readonly string[]): string {
  const names = keys.slice(0, SHOWN_KEYS).join(', ');
  return keys.length > SHOWN_KEYS ? `${names} and ${keys.length - SHOWN_KEYS} more` : names;
}

function remarks(heading: string, entries: readonly FileRemark[]): string {
  if (entries.length === 0) return '';
  return `${heading}\n${entries.map(({ file, line, text }) => `  ${visible(`${file}:${line}`)}: ${visible(text)}\n`).join('')}`;
}

function failures(secrets: readonly ImportedSecret[]): string {
  const failed = secrets.filter(({ reason }) => reason !== undefined);
  if (failed.length === 0) return '';
  return `Failed:\n${failed.map(({ path, reason }) => `  ${visible(path)}: ${visible(reason ?? '')}\n`).join('')}`;
}

function summary({ secrets, problems, dryRun }: ImportReport): string {
  const left =
    problems.length === 0 ? '' : ` ${problems.length} ${problems.length === 1 ? 'line was' : 'lines were'} left out, see above.`;
  const unchanged = secrets.length > 0 && secrets.every(({ outcome }) => outcome === 'unchanged');
  if (unchanged) return `Nothing ${dryRun ? 'would change' : 'changed'}: all of it is there already.${left}`;
  const counts = (['created', 'changed', 'unchanged', 'failed'] satisfies Outcome[])
    .map((outcome) => ({ outcome, count: secrets.filter((secret) => secret.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ');
  if (dryRun) return `Dry run, nothing was written. It would be: ${counts || 'nothing'}.${left}`;
  const first = secrets.find(({ outcome }) => outcome !== 'failed');
  const next = first === undefined ? '' : ` Read it back with: \`watchword kv get ${visible(first.path)}\``;
  return `${counts || 'Nothing imported'}.${left}${next}`;
}
