import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const engine = join(import.meta.dirname, '../src/scanning/engine');
const target = join(engine, 'kernel-binary.ts');

const options = [
  ['--outFile', 'kernel.wasm'],
  ['--runtime', 'stub'],
  ['--enable', 'simd'],
  ['--enable', 'relaxed-simd'],
  ['--initialMemory', '74'],
  ['--maximumMemory', '74'],
  ['--optimizeLevel', '3'],
  ['--shrinkLevel', '0'],
  ['--converge'],
  ['--noAssert'],
].flat();

/** What `kernel-binary.ts` must hold: the compiled kernel, as text. */
export async function kernelSource(): Promise<string> {
  const source = await readFile(join(engine, 'kernel/kernel.as'), 'utf8');
  let binary = Buffer.alloc(0);
  const { error, stderr } = await asc.main(['kernel.ts', ...options], {
    // The compiler knows its own extension only; under another one the file is not taken for TypeScript.
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(stderr.toString());
  const lines = (binary.toString('base64').match(/.{1,120}/g) ?? []).map((line) => `  '${line}',`);
  return [
    '/** Made by `npm run kernel` from `kernel/kernel.as`. */',
    'export const kernelBinary = [',
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

if (import.meta.main) {
  const made = await kernelSource();
  await writeFile(target, made);
  console.log(`kernel: ${made.length} characters`);
}
