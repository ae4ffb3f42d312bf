import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { openapi } from '../src/api/native/native-api.ts';
import { coverageTable } from '../src/api/vault/coverage.ts';
import { cliReference } from '../src/cli/reference.ts';
import { configurationPage } from './reference/configuration.ts';
import { detectorPages } from './reference/detectors.ts';
import { errorsPage } from './reference/errors.ts';
import { housePage } from './reference/house.ts';
import { loginRefusalsPage } from './reference/login-refusals.ts';
import { operationsPage } from './reference/operations.ts';
import type { Page } from './reference/page.ts';
import { platformsPage } from './reference/platforms.ts';

/** Everything in `docs/reference/` that is made from the sources. */
const pages: readonly Page[] = [
  { file: 'cli.md', render: cliReference },
  configurationPage,
  ...detectorPages,
  errorsPage,
  housePage,
  loginRefusalsPage,
  { file: 'openapi.json', render: () => `${JSON.stringify(openapi(), null, 2)}\n` },
  operationsPage,
  platformsPage,
  { file: 'vault-api-coverage.md', render: coverageTable },
];

const repository = join(import.meta.dirname, '..');

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** `--write` makes the pages; `--check` says which are not what would be made now, and fails if there are any. */
const mode = process.argv[2];
if (mode !== '--write' && mode !== '--check') {
  console.error('node scripts/docs.ts --write | --check');
  process.exit(2);
}
for (const page of pages) {
  const file = join(repository, 'docs/reference', page.file);
  const text = await page.render();
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text) continue;
  console.log(`${relative(repository, file)}: ${mode === '--write' ? 'written' : 'out of date, run npm run docs'}`);
  if (mode === '--write') await write(file, text);
  else process.exitCode = 1;
}
