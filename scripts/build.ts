import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'rolldown';
import { cheapBuiltins } from './cheap-builtins.ts';
import { hookModules } from './hook-chunk.ts';
import { DETECTOR_MODULES, detectorModules, preparedCatalogue } from './prepared-catalogue.ts';

const repository = join(import.meta.dirname, '..');
const out = join(repository, 'dist');

const common = { cwd: repository, platform: 'node', logLevel: 'warn' } satisfies BuildOptions;
const minify = { compress: true, mangle: false, codegen: false };

/**
 * What is published: JavaScript without `node_modules`, because Node strips no types there and start-up time counts in
 * every hook. One command is one chunk, so that `watchword version` does not load the server; what the hook loads is one chunk as
 * well. Chunks lie two folders below the package, as the rooms of the sources do: `../../package.json` is the same file for both.
 */
await rm(out, { recursive: true, force: true });
const program = {
  ...common,
  input: { cli: 'src/cli/main.ts', scan: 'src/scanning/scan.ts', 'scan-worker': 'src/scanning/worker.ts' },
  plugins: [cheapBuiltins(), preparedCatalogue('../detectors.cjs')],
  output: { dir: out, format: 'esm', minify, chunkFileNames: 'chunks/[name]-[hash].js' },
} satisfies BuildOptions;
const inHook = hookModules(await build({ ...program, write: false }));
const groups = [{ name: 'hook', test: (id: string) => inHook.has(id) }];
// That some imports are no longer put off is what it is for; everything else was said the first time.
await build({ ...program, logLevel: 'silent', output: { ...program.output, codeSplitting: { groups } } });
await build({
  ...common,
  input: { detectors: DETECTOR_MODULES },
  plugins: [detectorModules()],
  output: { dir: out, format: 'cjs', minify, entryFileNames: '[name].cjs' },
});

const sizes = await Promise.all(
  (await readdir(out, { recursive: true })).map(async (name) => (await stat(join(out, name))).size),
);
console.log(`dist: ${sizes.length} files, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024)} KiB`);
