import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'rolldown';
import { preparedCatalogue } from './prepared-catalogue.ts';

const repository = join(import.meta.dirname, '..');
const out = join(repository, 'dist');

/**
 * What is published: JavaScript without `node_modules`, because Node strips no types there and start-up time counts in
 * every hook. One command is one chunk, so that `watchword version` does not load the server. Chunks lie two folders below
 * the package, as the rooms of the sources do: `../../package.json` is the same file for both.
 */
await rm(out, { recursive: true, force: true });
await build({
  cwd: repository,
  input: { cli: 'src/cli/main.ts', scan: 'src/scanning/scan.ts', 'scan-worker': 'src/scanning/worker.ts' },
  platform: 'node',
  plugins: [preparedCatalogue()],
  logLevel: 'warn',
  output: {
    dir: out,
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: false },
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});

const sizes = await Promise.all(
  (await readdir(out, { recursive: true })).map(async (name) => (await stat(join(out, name))).size),
);
console.log(`dist: ${sizes.length} files, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024)} KiB`);
