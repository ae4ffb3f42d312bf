/**
 * How good the scanner is, by class, on labelled samples made for the purpose: `node test/scanning/quality.ts` prints it and writes
 * `docs/reference/scan-quality.md`. With folders as arguments it also scans these and reports what is flagged per GB.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { measure } from './quality/measure.ts';
import { page, treeTable } from './quality/page.ts';
import { familyCount } from './quality/silence.ts';
import { measureTrees } from './quality/trees.ts';

const PAGE = new URL('../../docs/reference/scan-quality.md', import.meta.url);
const SEED = 'scan-quality';

const quality = measure(SEED, 12, 20);
const folders = process.argv.slice(2);
const trees = folders.length === 0 ? treeTable.kept(readFileSync(PAGE, 'utf8')) : treeTable.of(measureTrees(folders));
const text = page(quality, familyCount, trees);
process.stdout.write(text);
for (const { what, path, text: sample } of quality.missed.slice(0, 20))
  console.log('missed', what, path, JSON.stringify(sample.slice(0, 120)));
for (const { group, path, detector } of quality.flagged.slice(0, 20)) console.log('flagged', group, path, detector);
writeFileSync(PAGE, text);
