import { scanAll } from '../../scanning/all/scan-all.ts';
import { catalogue } from '../../scanning/catalogue.ts';
import { SHARED_SALT, saltKeyId } from '../../scanning/fingerprints.ts';
import type { Terminal } from '../terminal.ts';
import { runScan, type ScanCommandOptions } from './run-scan.ts';

const STATE = 'watchword-scan-state.jsonl';

/** `watchword scan --all`: one report over many repositories. Baselines of the single repositories do not count here. */
export async function runScanOfAll(
  root: string,
  options: ScanCommandOptions & { readonly state?: string },
  terminal: Terminal,
): Promise<void> {
  const { state: stateFile = STATE, threads } = options;
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
