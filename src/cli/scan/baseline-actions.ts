import { open, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import { type Claim, entryFor } from '../../scanning/baseline/baseline.ts';
import { type BaselineEntry, type BaselineFile, baselineText, isoDay } from '../../scanning/baseline/baseline-file.ts';
import { baselinePath, readBaseline, readNamedBaseline } from '../../scanning/baseline/find-baseline.ts';
import { parseForeignBaseline } from '../../scanning/baseline/imports.ts';
import type { Found } from '../../scanning/findings.ts';
import { type Fingerprinter, newSalt, SHARED_SALT, saltedFingerprinter } from '../../scanning/fingerprints.ts';
import { counted, printable } from '../../scanning/reports/printable.ts';
import type { ScanSummary } from '../../scanning/reports/report.ts';
import { shortId } from '../../scanning/reports/summary-lines.ts';
import type { Sighting } from '../../scanning/sighting.ts';
import type { ScanTarget } from '../../scanning/targets.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import { replaceFile } from './replace-file.ts';
import { performScan } from './run-scan.ts';
import { hasTeamKey, type ScanningOptions, scanningSettings, today } from './settings.ts';

export interface PlaceOptions extends ScanningOptions {
  readonly history?: boolean;
}

export interface ClaimOptions extends PlaceOptions {
  readonly reason: string;
  readonly owner: string;
  readonly expires?: string;
}

/** `baseline create` */
export async function create(path: string, options: ClaimOptions, terminal: Terminal): Promise<void> {
  const target = typeof options.baseline === 'string' ? options.baseline : baselinePath(path);
  const claim = claimOf(options);
  const { fingerprinter: keyed } = await scanningSettings({ ...options, baseline: false }, path, terminal);
  const { file, fingerprinter } = emptyBaseline(options, keyed);
  const { found, summary } = await look(path, options, terminal, { fingerprinter });
  const entries = entriesOf(found, claim);
  await writeNew(target, { ...file, entries });
  terminal.stdout.write(`${printable(target)}: ${counted(entries.length, 'secret')}. Commit this file.\n`);
  sayIncomplete(summary, terminal);
}

/** `baseline add` */
export async function add(ids: readonly string[], options: ClaimOptions, terminal: Terminal): Promise<void> {
  const { file, path, fingerprinter, isNew } = await writable(options, terminal);
  // Reports so far had no salt of this baseline: their ids are looked up as they were made, and the places found again.
  const before = isNew && file.salt !== undefined ? saltedFingerprinter(SHARED_SALT) : fingerprinter;
  const root = rootHere();
  const seen = await look(root, options, terminal, { fingerprinter: before });
  const named = ids.flatMap(oneOf(seen.found, options));
  const places = new Set(named.map(placeKey));
  const again = before === fingerprinter ? named : (await look(root, options, terminal, { fingerprinter })).found;
  const entries = entriesOf(
    again.filter((found) => places.has(placeKey(found))),
    claimOf(options),
  );
  await save(path, withEntries(file, entries));
  for (const entry of entries) {
    terminal.stdout.write(`Added: ${shortId(entry.fingerprint)} ${printable(`${entry.detector} at ${entry.path}`)}\n`);
  }
}

const placeKey = ({ detector, address, start, end }: Found): string => JSON.stringify([detector, address, start.byte, end.byte]);

/** Everything that was found of the one secret that an id names. @throws WatchwordError when there is none, or several */
const oneOf =
  (found: readonly Found[], { history }: PlaceOptions) =>
  (id: string): Found[] => {
    const hits = found.filter(({ fingerprint }) => isNamed(fingerprint, id));
    const count = new Set(hits.map(({ fingerprint }) => fingerprint)).size;
    if (count === 1) return hits;
    throw new WatchwordError(
      'client.usage',
      count === 0
        ? `Nothing with the id ${printable(id)} is found ${history === true ? 'in the history' : 'in the files; --history looks into the history'}.`
        : `${printable(id)} begins several ids; give more of it.`,
    );
  };

const isNamed = (fingerprint: string, id: string): boolean =>
  id.length >= 6 && (fingerprint.startsWith(id) || fingerprint.slice(fingerprint.indexOf(':') + 1).startsWith(id));

/** `baseline list` */
export async function list(options: PlaceOptions, { stdout }: Terminal): Promise<void> {
  const path = pathOf(options);
  const { entries, keyId } = await readNamedBaseline(path);
  const until = ({ expires }: BaselineEntry): string => expires ?? 'no end';
  const rows = [...entries]
    .sort((a, b) => (a.expires ?? '9999').localeCompare(b.expires ?? '9999'))
    .map((entry) => {
      const { fingerprint, detector, path: where, owner, reason, expires } = entry;
      const end = expires !== null && expires < today() ? `${expires} (expired)` : until(entry);
      return [shortId(fingerprint), end, owner, detector, where, reason].map(printable);
    });
  stdout.write(`${table(['Id', 'Until', 'Owner', 'Detector', 'Seen first', 'Reason'], rows)}Key: ${keyId}\n`);
}

/** `baseline prune` */
export async function prune(options: PlaceOptions, terminal: Terminal): Promise<void> {
  const { file, path, fingerprinter } = await writable(options, terminal);
  const { found, summary } = await look(rootHere(), options, terminal, { fingerprinter });
  if (!summary.complete) {
    sayIncomplete(summary, terminal);
    throw new WatchwordError(
      'client.usage',
      'Not everything could be scanned, so nothing can be called stale; the baseline is as it was.',
    );
  }
  const seen = new Set(found.map(({ fingerprint }) => fingerprint));
  const seenIn = kindOf(options);
  const stays = (entry: BaselineEntry): boolean =>
    (entry.expires === null || entry.expires >= today()) && (entry.seenIn !== seenIn || seen.has(entry.fingerprint));
  const entries = file.entries.filter(stays);
  await save(path, { ...file, entries });
  for (const entry of file.entries.filter((one) => !stays(one))) {
    terminal.stdout.write(`Removed: ${shortId(entry.fingerprint)} ${printable(entry.path)}\n`);
  }
  terminal.stdout.write(`${entries.length} of ${file.entries.length} entries stay.\n`);
}

/** `baseline import` */
export async function importFile(source: string, options: ClaimOptions, terminal: Terminal): Promise<void> {
  const foreign = await parseForeignBaseline(await readFile(source, 'utf8'), source);
  const { file, path, fingerprinter } = await writable(options, terminal);
  const matched = new Set<number>();
  const markOf = (sighting: Sighting): string | undefined => {
    const hits = foreign.entries.flatMap((entry, index) => (entry.matches(sighting) ? [index] : []));
    for (const index of hits) matched.add(index);
    return hits.length === 0 ? undefined : 'imported';
  };
  const { found } = await look(rootHere(), options, terminal, { fingerprinter, markOf });
  const chosen = found.filter(({ mark }) => mark !== undefined);
  const entries = entriesOf(chosen, claimOf(options));
  await save(path, withEntries(file, entries));
  const { stdout } = terminal;
  stdout.write(
    `From ${foreign.tool}: ${matched.size} of ${foreign.entries.length} found again, ${entries.length} secrets in ${printable(path)}.\n`,
  );
  const rest = foreign.entries.filter((_, index) => !matched.has(index));
  if (rest.length > 0) stdout.write('Not found any more, or nothing that Watchword reports:\n');
  for (const { text } of rest) stdout.write(`  ${printable(text)}\n`);
  if (rest.length > 0 && options.history !== true) stdout.write('Some may lie in the history alone: try again with --history.\n');
}

interface Look {
  readonly fingerprinter: Fingerprinter;
  readonly markOf?: (sighting: Sighting) => string | undefined;
}

/** All that the baseline here speaks of; one may stand in a folder below. */
function rootHere(): string {
  const root = dirname(baselinePath('.'));
  return root === resolve('.') ? '.' : root;
}

/** Everything that a scan finds, the baseline left aside. Paths are those from `path` on, which are the same for everybody. */
async function look(path: string, options: PlaceOptions, terminal: Terminal, { fingerprinter, markOf }: Look) {
  const found: Found[] = [];
  const { scan } = await import('../../scanning/scan.ts');
  const prefix = `${path.replace(/\/+$/, '')}/`;
  const from = (text: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
  const mark = markOf && ((sighting: Sighting) => markOf({ ...sighting, path: from(sighting.path) }));
  const target: ScanTarget = options.history === true ? { kind: 'history', repository: path } : { kind: 'paths', paths: [path] };
  const errand = {
    target: (how: object) => scan({ ...how, target, fingerprinter, ...(mark === undefined ? {} : { markOf: mark }) }),
    what: path,
    folder: path,
  };
  const report = {
    add: (result: Found | { readonly kind: 'not-scanned' }) => {
      if (result.kind === 'found' && result.silence === undefined)
        found.push({ ...result, path: from(result.path), address: from(result.address) });
    },
    end() {},
  };
  const summary = await performScan(errand, { ...options, baseline: false }, terminal, report);
  return { found, summary };
}

function entriesOf(found: readonly Found[], claim: Claim): BaselineEntry[] {
  const first = new Map<string, Found>();
  for (const one of found) if (!first.has(one.fingerprint)) first.set(one.fingerprint, one);
  return [...first.values()].map((one) => entryFor(one, claim));
}

const kindOf = ({ history }: PlaceOptions): BaselineEntry['seenIn'] => (history === true ? 'history' : 'files');

function claimOf(options: ClaimOptions): Claim {
  const { reason, owner, expires } = options;
  if (reason.trim() === '' || owner.trim() === '') throw new WatchwordError('client.usage', 'Reason and owner say something.');
  const end = expires === undefined ? null : isoDay(expires);
  return { reason, owner, expires: end, today: today(), seenIn: kindOf(options) };
}

const pathOf = ({ baseline }: PlaceOptions): string => (typeof baseline === 'string' ? baseline : baselinePath('.'));

interface Writable {
  readonly file: BaselineFile;
  readonly path: string;
  readonly fingerprinter: Fingerprinter;
  readonly isNew: boolean;
}

/** The baseline, new where there is none yet, and the key to add to it with. */
async function writable(options: PlaceOptions, terminal: Terminal): Promise<Writable> {
  const path = pathOf(options);
  const file = await readBaseline(path);
  const { fingerprinter } = await scanningSettings(
    file === undefined ? { ...options, baseline: false } : { ...options, baseline: path },
    '.',
    terminal,
  );
  if (file !== undefined) {
    if (file.keyId === fingerprinter.keyId) return { file, path, fingerprinter, isNew: false };
    throw new WatchwordError(
      'client.usage',
      `The baseline was made with the key ${file.keyId}; give it with --key-file or --key-secret.`,
    );
  }
  return { ...emptyBaseline(options, fingerprinter), path, isNew: true };
}

/** With the team's key, or with a salt of its own. */
function emptyBaseline(options: PlaceOptions, keyed: Fingerprinter): Pick<Writable, 'file' | 'fingerprinter'> {
  if (hasTeamKey(options)) return { file: { keyId: keyed.keyId, entries: [] }, fingerprinter: keyed };
  const salt = newSalt();
  const fingerprinter = saltedFingerprinter(salt);
  return { file: { keyId: fingerprinter.keyId, salt: salt.toString('hex'), entries: [] }, fingerprinter };
}

function withEntries(file: BaselineFile, added: readonly BaselineEntry[]): BaselineFile {
  const fresh = new Set(added.map(({ fingerprint }) => fingerprint));
  return { ...file, entries: [...file.entries.filter(({ fingerprint }) => !fresh.has(fingerprint)), ...added] };
}

async function writeNew(path: string, file: BaselineFile): Promise<void> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(baselineText(file));
    await handle.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new WatchwordError('client.usage', 'There is a baseline already; add to it with `watchword baseline add`.', {
      where: path,
    });
  }
}

const save = (path: string, file: BaselineFile): Promise<void> => replaceFile(path, baselineText(file));

function sayIncomplete({ notScanned, complete }: ScanSummary, { stderr, setExitCode }: Terminal): void {
  if (complete) return;
  stderr.write(`Not scanned: ${counted(notScanned, 'part')}; \`watchword scan\` says which.\n`);
  setExitCode(exitCodes.incomplete);
}
