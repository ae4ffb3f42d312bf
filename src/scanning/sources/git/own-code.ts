import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the sources: everything that finds, reads or judges. Of the built program: all its parts. */
const place = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../' : './', import.meta.url));
const CODE = /(?<!\.test)\.(?:[cm]?js|ts|wasm)$/;

/** Names the code that scans, which may change between two runs without the product's version: a hash of its files. */
export function ownCode(folder: string = place): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => CODE.test(name));
  for (const name of files.sort())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}
