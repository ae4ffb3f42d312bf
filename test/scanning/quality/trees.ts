import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';

export interface TreeFindings {
  readonly files: number;
  readonly bytes: number;
  /** Different files only: a copy of a file counts once. */
  readonly findings: Readonly<Record<'high' | 'medium' | 'low', number>>;
}

const LARGEST = 8 * 1024 * 1024;

/** Texts below these folders, each content once, without links and without what a version control system keeps. */
function* texts(folder: string, seen: Set<string>): Generator<{ path: string; bytes: Buffer }> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.git' && entry.name !== '.vitest-cache') yield* texts(path, seen);
    if (!entry.isFile()) continue;
    const bytes = readFileSync(path);
    if (bytes.length === 0 || bytes.length > LARGEST || bytes.subarray(0, 8192).includes(0)) continue;
    const digest = createHash('sha1').update(bytes).digest('base64');
    if (seen.has(digest)) continue;
    seen.add(digest);
    yield { path, bytes };
  }
}

/** What is flagged in trees in which hardly anything is a secret: published packages and standard libraries. */
export function measureTrees(folders: readonly string[]): TreeFindings {
  const scanner = new Scanner(catalogue);
  const findings = { high: 0, medium: 0, low: 0 };
  const seen = new Set<string>();
  let total = 0;
  for (const folder of folders) {
    for (const { path, bytes } of texts(folder, seen)) {
      total += bytes.length;
      for (const { confidence, detector } of scanner.scan(bytes, { path })) {
        findings[confidence] += 1;
        if (confidence !== 'low') console.log(confidence, detector.id, path);
      }
    }
  }
  return { files: seen.size, bytes: total, findings };
}
