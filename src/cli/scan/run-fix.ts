import { readFile } from 'node:fs/promises';
import { bytesContent } from '../../scanning/content.ts';
import { Scanner } from '../../scanning/engine/scanner.ts';
import { fixNotebook, type NotebookFixMode } from '../../scanning/fix/notebook-fix.ts';
import * as formats from '../../scanning/formats/index.ts';
import { projectName } from '../../scanning/hook/cure.ts';
import { counted, printable } from '../../scanning/reports/printable.ts';
import { scan } from '../../scanning/scan.ts';
import { newProgress, type Sighting } from '../../scanning/sighting.ts';
import { Unfolder } from '../../scanning/unfolder.ts';
import { exitCodes } from '../exit-codes.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import { replaceFile } from './replace-file.ts';
import { chosenDetectors, type ScanningOptions, scanningSettings } from './settings.ts';

interface FixOptions extends ScanningOptions {
  readonly fixMode: NotebookFixMode;
  readonly dryRun?: boolean;
}

/** Takes secrets out of notebooks: shows each change, then makes it. What nothing can be done about is left to a scan. */
export async function runFix(paths: readonly string[], options: FixOptions, terminal: Terminal): Promise<void> {
  const { notebooks, elsewhere } = await whatIsFound(paths, options, terminal);
  for (const path of notebooks) await fixOne(path, options, terminal);
  const { stdout } = terminal;
  if (notebooks.length === 0) stdout.write('No notebook here holds anything that was found.\n');
  else if (options.dryRun === true) stdout.write('Nothing was changed (--dry-run).\n');
  else stdout.write('Revoke what stood there, and scan again: what a notebook held is in its history too.\n');
  if (elsewhere > 0) stdout.write(`Left as it is: ${counted(elsewhere, 'finding')} outside notebooks.\n`);
}

interface WhatIsFound {
  /** Paths, sorted. */
  readonly notebooks: readonly string[];
  /** How many secrets lie in other files. */
  readonly elsewhere: number;
}

async function whatIsFound(paths: readonly string[], options: FixOptions, terminal: Terminal): Promise<WhatIsFound> {
  const { fingerprinter, baseline } = await scanningSettings(options, '.', terminal);
  const detectors = await chosenDetectors(options);
  const notebooks = new Set<string>();
  const elsewhere = new Set<string>();
  const silenceOf = (fingerprint: string) => baseline?.silenceOf(fingerprint);
  for await (const result of scan({ target: { kind: 'paths', paths }, detectors, fingerprinter, silenceOf })) {
    if (result.kind !== 'found' || result.silence !== undefined) continue;
    if (result.path.endsWith('.ipynb')) notebooks.add(result.path);
    else elsewhere.add(result.fingerprint);
  }
  return { notebooks: [...notebooks].sort(), elsewhere: elsewhere.size };
}

async function fixOne(path: string, options: FixOptions, { stdout, stderr, setExitCode }: Terminal): Promise<void> {
  const bytes = await readFile(path);
  const seen = await sightingsIn(path, bytes, options);
  try {
    const { bytes: fixed, diff, advice } = fixNotebook(bytes, seen, options.fixMode, projectName(process.cwd()));
    stdout.write(visible(diff));
    for (const line of advice) stdout.write(`${visible(line)}\n`);
    if (options.dryRun !== true && diff !== '') await replaceFile(path, fixed);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    stderr.write(`${printable(path)}: not changed: ${printable(error.message)}\n`);
    setExitCode(exitCodes.failed);
  } finally {
    for (const { value } of seen) value.fill(0);
  }
}

async function sightingsIn(path: string, bytes: Uint8Array, options: FixOptions): Promise<Sighting[]> {
  const scanner = new Scanner(await chosenDetectors(options));
  const seen: Sighting[] = [];
  for await (const event of new Unfolder(scanner, Object.values(formats), newProgress()).file(path, bytesContent(bytes))) {
    if (event.kind !== 'sighting') continue;
    if (event.ignored === undefined || event.ignored === '') seen.push(event);
    else event.value.fill(0);
  }
  return seen;
}
