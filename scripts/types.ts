import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const repository = join(import.meta.dirname, '..');
const out = join(repository, 'dist/types');
const ENTRY = 'scanning/scan.d.ts';

/** The types of `watchword/scan`: declarations of its module and of those that these speak of, and no others. */
const folder = await mkdtemp(join(tmpdir(), 'watchword-types-'));
try {
  const settings = {
    declaration: true,
    emitDeclarationOnly: true,
    noEmit: false,
    rootDir: join(repository, 'src'),
    outDir: folder,
  };
  const project = join(repository, '.types.tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: settings, include: [], files: ['src/scanning/scan.ts'] }),
  );
  const { status, stdout } = spawnSync('tsc', ['-p', project], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  await rm(project);
  if (status !== 0) throw new Error(`tsc failed:\n${stdout}`);
  await rm(out, { recursive: true, force: true });
  const files = await reached(join(folder, ENTRY), new Set());
  for (const file of files) await cp(file, join(out, relative(folder, file)));
  console.log(`dist/types: ${files.size} files`);
} finally {
  await rm(folder, { recursive: true });
}

async function reached(file: string, seen: Set<string>): Promise<Set<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = await readFile(file, 'utf8');
  for (const [, path = ''] of text.matchAll(/from '(\.{1,2}\/[^']+)\.ts'/g))
    await reached(join(dirname(file), `${path}.d.ts`), seen);
  return seen;
}
