import { readFile } from 'node:fs/promises';

/** Of this package. package.json lies above both the sources and the built program, at different distances. */
export async function ownVersion(): Promise<string> {
  for (const above of ['../../', '../']) {
    const file = new URL(`${above}package.json`, import.meta.url);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const found = text === undefined ? undefined : (JSON.parse(text) as { name?: string; version?: string });
    if (found?.name === 'watchword' && found.version !== undefined) return found.version;
  }
  return 'unknown';
}
