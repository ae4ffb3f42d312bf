import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTreeCorpus, type TreeCorpus } from './tree-corpus.ts';

const PROBE = 8192;

/** Does something with the tree corpus. `WATCHWORD_BENCH_TREE` names a folder that is kept, so that the next run need not copy it. */
export async function withTree<T>(work: (corpus: TreeCorpus) => Promise<T>): Promise<T> {
  const kept = process.env['WATCHWORD_BENCH_TREE'];
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'watchword-bench-')));
  try {
    return await work(await makeTreeCorpus(folder));
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
  }
}

export interface Text {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The text files of a folder, in memory, `most` bytes together. */
export function readTexts(folder: string, most = Number.POSITIVE_INFINITY): Text[] {
  const texts: Text[] = [];
  let length = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    if (bytes.subarray(0, PROBE).includes(0)) continue;
    texts.push({ path, bytes });
    length += bytes.length;
    if (length >= most) break;
  }
  return texts;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
