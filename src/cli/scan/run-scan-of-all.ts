import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { scanAll } from '../../scanning/all/scan-all.ts';
import { catalogue } from '../../scanning/catalogue.ts';
import { SHARED_SALT, saltKeyId } from '../../scanning/fingerprints.ts';
import type { Terminal } from '../terminal.ts';
import { runScan, type ScanCommandOptions } from './run-scan.ts';

/**
 * Among our own files, not where one is: what is scanned could bring along a state file by which everything is done already.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
function usualStateFile(root: string, { env, home }: Terminal): string {
  const named = env['XDG_STATE_HOME'] ?? '';
  const folder = join(isAbsolute(named) ? named : join(home, '.local/state'), 'watchword');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `scan-${createHash('sha256').update(resolve(root)).digest('hex').slice(0, 16)}.jsonl`);
}

/** `watchword scan --all`: one report over many repositories. Baselines of the single repositories do not count here. */
export async function runScanOfAll(
  root: string,
  options: ScanCommandOptions & { readonly state?: string },
  terminal: Terminal,
): Promise<void> {
  const { state: stateFile = usualStateFile(root, terminal), threads } = options;
  const baseline = typeof options.baseline === 'string' ? options.baseline : false;
  await runScan(
    {
      target: (how) => {
        const keyId = how.fingerprinter?.keyId ?? saltKeyId(SHARED_SALT);
        const everything = { root, stateFile, keyId, detectors: how.detectors ?? catalogue };
        return scanAll(threads === undefined ? everything : { ...everything, threads }, how);
      },
      what: `everything below ${root}`,
      folder: root,
    },
    { ...options, baseline },
    terminal,
  );
}
