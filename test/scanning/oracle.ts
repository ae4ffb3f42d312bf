import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../src/scanning/catalogue.ts';
import { everyHit } from '../../src/scanning/engine/slow-path.ts';
import { differences, FastPath } from '../../src/scanning/engine/testing/fast-path.ts';
import { surrounded } from '../../src/scanning/engine/testing/surroundings.ts';

export interface Verdict {
  bytes: number;
  /** What the slow path found. */
  hits: number;
  /** `path: detector start-end confidence`, what the fast path did not find. */
  readonly lost: string[];
  /** What only the fast path found. */
  readonly invented: string[];
}

const kinds = ['wasm', 'scalar'] as const;
const LARGEST = 1024 * 1024;
const PROBE = 8192;

/** Where real sources lie; those that are absent are passed over. */
export const trees: readonly string[] = [
  join(import.meta.dirname, '../../node_modules'),
  '/usr/lib/python3',
  '/usr/lib/python3.11',
  '/usr/lib/python3.12',
  '/usr/lib/python3.13',
];

/** Holds both engines against the slow path, detector by detector, on the same texts. */
function hold(texts: Iterable<{ readonly path: string; readonly bytes: Buffer }>): Verdict {
  const engines = kinds.map((kind) => ({ kind, engine: new FastPath(catalogue, kind) }));
  const verdict: Verdict = { bytes: 0, hits: 0, lost: [], invented: [] };
  for (const { path, bytes } of texts) {
    const slow = everyHit(catalogue, bytes, { path });
    verdict.bytes += bytes.length;
    verdict.hits += slow.length;
    for (const { kind, engine } of engines) {
      const { lost, invented } = differences(slow, engine.everyHit(bytes, { path }));
      verdict.lost.push(...lost.map((hit) => `${kind} ${path}: ${hit}`));
      verdict.invented.push(...invented.map((hit) => `${kind} ${path}: ${hit}`));
    }
  }
  return verdict;
}

/** Every example of every detector, in surroundings that the seeds decide. */
export const holdExamples = (seeds: readonly string[]): Verdict =>
  hold(
    seeds.flatMap((seed) =>
      [...surrounded(catalogue, seed, 200_000)].map((bytes, index) => ({ path: `${seed}-${index}.py`, bytes })),
    ),
  );

/** About `bytes` of text files below the trees, spread over all of them. */
export const holdTrees = (bytes: number): Verdict => hold(sample(bytes));

function* sample(wanted: number): Generator<{ path: string; bytes: Buffer }> {
  const paths = trees.flatMap(filesBelow);
  // Steps of the golden ratio visit a list evenly, however early they stop.
  const step = Math.max(1, Math.round(paths.length * 0.618));
  const visited = new Set<number>();
  let given = 0;
  for (let index = 0; given < wanted && visited.size < paths.length; index = (index + step) % paths.length) {
    while (visited.has(index)) index = (index + 1) % paths.length;
    visited.add(index);
    const path = paths[index] ?? '';
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST || bytes.subarray(0, PROBE).includes(0)) continue;
    given += bytes.length;
    yield { path, bytes };
  }
}

function filesBelow(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** `node test/scanning/oracle.ts [--full]`: `--full` takes every file below the trees, for hours. */
if (import.meta.main) {
  const full = process.argv.includes('--full');
  const parts = {
    examples: holdExamples(full ? ['1', '2', '3', '4', '5'] : ['1']),
    trees: holdTrees(full ? Number.POSITIVE_INFINITY : 5e6),
  };
  for (const [name, { bytes, hits, lost, invented }] of Object.entries(parts)) {
    console.log(`${name}: ${bytes} bytes, ${hits} matches, ${lost.length} lost, ${invented.length} invented`);
    for (const line of [...lost, ...invented]) console.log(`  ${line}`);
  }
}
