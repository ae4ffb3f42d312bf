import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');

/**
 * Builds, and puts what the package holds into a folder of its own, for the caller to remove: in a clone the command runs the sources
 * instead. @throws Error when it cannot be built
 */
export function published(): string {
  const { status, stderr } = spawnSync(process.execPath, [join(repository, 'scripts/build.ts')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`building failed: ${stderr}`);
  const folder = mkdtempSync(join(tmpdir(), 'watchword-package-'));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  return folder;
}
