import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../reports/printable.ts';
import type { NotScanned } from '../sighting.ts';
import type { ScanTarget } from '../targets.ts';

/** A part of a large scan that is done or not done. */
export interface Unit {
  readonly kind: 'unit';
  /** The same in every run. */
  readonly id: string;
  readonly target: ScanTarget;
  /** Put before paths, where the target's are those inside of a repository. */
  readonly prefix: string;
}

/**
 * What there is to scan below a folder, in a fixed order: of each repository its history and its files, and of every other folder the files
 * in it. Links are not followed.
 */
export async function* unitsBelow(root: string): AsyncGenerator<Unit | NotScanned> {
  let entries: Dirent[];
  try {
    entries = await readdir(root, { withFileTypes: true });
  } catch (error) {
    yield {
      kind: 'not-scanned',
      path: root,
      reason: `cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unknown'})`,
    };
    return;
  }
  const names = new Set(entries.map(({ name }) => name));
  const isBare = names.has('HEAD') && names.has('objects') && names.has('refs');
  if (names.has('.git') || isBare) {
    yield { kind: 'unit', id: `history ${printable(root)}`, target: { kind: 'history', repository: root }, prefix: `${root}/` };
    if (!isBare) yield { kind: 'unit', id: `files ${printable(root)}`, target: { kind: 'paths', paths: [root] }, prefix: '' };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(root, name));
  if (files.length > 0)
    yield { kind: 'unit', id: `files in ${printable(root)}`, target: { kind: 'paths', paths: files }, prefix: '' };
  for (const entry of entries) if (entry.isDirectory()) yield* unitsBelow(join(root, entry.name));
}
