import { catalogue } from '../../../src/scanning/catalogue.ts';
import { anchorsOf } from '../../../src/scanning/engine/anchors.ts';
import { Kernel } from '../../../src/scanning/engine/kernel.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { readTexts, round, type Text, withTree } from './texts.ts';

const ROUNDS = 7;
const BYTES = 120e6;

/** The engine alone, on texts in memory. The anchor is copying the same bytes. */
const bench: Bench = () =>
  withTree(async ({ folder }) => {
    const texts = readTexts(folder, BYTES);
    const bytes = texts.reduce((sum, text) => sum + text.bytes.length, 0);
    const started = performance.now();
    const scanner = new Scanner(catalogue, 'wasm');
    const built = performance.now() - started;
    const scalar = new Scanner(catalogue, 'scalar');
    const kernel = new Kernel(anchorsOf(catalogue));
    const took: Record<'copy' | 'prefilter' | 'scan' | 'scalar', number[]> = { copy: [], prefilter: [], scan: [], scalar: [] };
    let events = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      took.copy.push(each(texts, (text) => kernel.window.set(text.bytes)));
      took.prefilter.push(
        each(texts, (text) => {
          kernel.window.set(text.bytes);
          kernel.run(text.bytes.length, () => {
            events += 1;
          });
        }),
      );
      took.scan.push(each(texts, (text) => scanner.scan(text.bytes, { path: text.path })));
      if (round < 3) took.scalar.push(each(texts, (text) => scalar.scan(text.bytes, { path: text.path })));
    }
    const speed = (name: keyof typeof took) => ({ value: round(bytes / 1e6 / median(took[name])), unit: 'GB/s' });
    return {
      ratios: { 'engine: copying ÷ scanning': median(took.copy) / median(took.scan) },
      figures: {
        'engine: detectors': { value: catalogue.length, unit: '' },
        'engine: built in': { value: round(built, 1), unit: 'ms' },
        'engine: prefilter': speed('prefilter'),
        'engine: all': speed('scan'),
        'engine: without WebAssembly': speed('scalar'),
        'engine: anchors reported': { value: Math.round((events / ROUNDS / bytes) * 1e6), unit: '/MB' },
        'engine: regular expressions run': { value: Math.round((scanner.executed / ROUNDS / bytes) * 1e6), unit: '/MB' },
      },
    };
  });

export default bench;

/** Milliseconds. */
function each(texts: readonly Text[], work: (text: Text) => void): number {
  const started = performance.now();
  for (const text of texts) work(text);
  return performance.now() - started;
}
