import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import type { OutputChoice } from './outputs.ts';
import { chosenDetectors, type ScanningOptions } from './settings.ts';

/** Prints the detectors that a scan with these options would use. */
export async function listDetectors(options: ScanningOptions & OutputChoice, { stdout }: Terminal): Promise<void> {
  const detectors = await chosenDetectors(options);
  if (options.format === 'json') {
    const rows = detectors.map(({ id, provider, title, family, kind, confidence, source }) => ({
      id,
      provider,
      title,
      family,
      kind,
      confidence,
      source,
    }));
    stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const rows = detectors.map(({ id, title, family, kind }) => [id, title, family, kind]);
  stdout.write(`${table(['Detector', 'What', 'Family', 'Kind'], rows)}${detectors.length} detectors\n`);
}
