import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Bench } from './bench.ts';

/** `npm run bench -- NAME`: prints for people and, as its last line, one JSON object for machines. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'bench.ts'].includes(file))
  .map((file) => file.slice(0, -'.ts'.length));

const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exit(2);
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform}-${process.arch}`,
  node: process.versions.node,
};

const { default: bench } = (await import(`./${name}.ts`)) as { default: Bench };
const { ratios, figures } = await bench(args);
for (const [label, { value, unit }] of Object.entries(figures)) console.log(`${label}: ${value} ${unit}`);
for (const [label, ratio] of Object.entries(ratios)) console.log(`${label}: ${ratio.toFixed(3)}`);
console.log(JSON.stringify({ bench: name, machine, ratios, figures }));
