import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entries } from './entries.ts';
import { listFolder } from './listing.ts';
import { openTestEngine, type TestEngine, testMount } from './testing/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

const mount = testMount('secret');
/** Only names matter here, so rows without content do. */
function plant(mountId: string, paths: Iterable<string>): void {
  engine.attack('begin');
  for (const path of paths) {
    engine.attack(
      'insert or ignore into kv_entry values (?, ?, ?, 1, ?)',
      mountId,
      path,
      `${mountId}-${path}`,
      new Uint8Array(1),
    );
  }
  engine.attack('commit');
}
const clear = (mountId: string) => engine.attack('delete from kv_entry where mount_id = ?', mountId);
const list = async (path: string, page: { after?: string; limit?: number } = {}, at = mount) =>
  (await engine.perform('kv.list', { path, ...page }, { mount: at })).output?.keys ?? null;
const scan = async (path: string, page: { after?: string; limit?: number } = {}, at = mount) =>
  (await engine.perform('kv.scan', { path, ...page }, { mount: at })).output?.keys ?? null;

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** The definition: names directly below the folder, each once, in byte order. */
function expectedKeys(paths: readonly string[], folder: string): string[] {
  const below = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  return [...new Set(below.map((rest) => (rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest)))].sort(byBytes);
}

describe('listing', () => {
  it('names keys and folders once, a key and a folder of one name both', async () => {
    clear('secret');
    plant('secret', ['a', 'a/b', 'a/b/c', 'a/d', 'a-b', 'a0', 'b/x/y', 'z', 'ü/é']);
    expect(await list('')).toEqual(['a', 'a-b', 'a/', 'a0', 'b/', 'z', 'ü/']);
    expect(await list('a')).toEqual(['b', 'b/', 'd']);
    expect(await list('a/')).toEqual(['b', 'b/', 'd']);
    expect(await list('b')).toEqual(['x/']);
    expect(await list('z')).toBeNull();
    expect(await list('nothing')).toBeNull();
  });

  it('pages by name, whether or not the name exists', async () => {
    expect(await list('', { limit: 3 })).toEqual(['a', 'a-b', 'a/']);
    expect(await list('', { after: 'a/', limit: 2 })).toEqual(['a0', 'b/']);
    expect(await list('', { after: 'a' })).toEqual(['a-b', 'a/', 'a0', 'b/', 'z', 'ü/']);
    expect(await list('', { after: 'az' })).toEqual(['b/', 'z', 'ü/']);
    expect(await list('', { after: 'ü/' })).toBeNull();
    expect(await list('a', { after: 'b' })).toEqual(['b/', 'd']);
  });

  it('scans everything below a folder', async () => {
    expect(await scan('')).toEqual(['a', 'a-b', 'a/b', 'a/b/c', 'a/d', 'a0', 'b/x/y', 'z', 'ü/é']);
    expect(await scan('a')).toEqual(['b', 'b/c', 'd']);
    expect(await scan('', { after: 'a/b', limit: 2 })).toEqual(['a/b/c', 'a/d']);
    expect(await scan('z')).toBeNull();
  });

  it('stays inside its mount', async () => {
    clear('other');
    plant('other', ['only']);
    expect(await list('', {}, testMount('other'))).toEqual(['only']);
    expect(await scan('', {}, testMount('other'))).toEqual(['only']);
  });

  it('refuses parent references', async () => {
    await expect(list('a/../b')).rejects.toMatchObject({ message: 'path cannot contain parent references' });
  });

  it('pages through ten thousand keys in one folder', async () => {
    clear('secret');
    const paths: string[] = [];
    for (let key = 0; key < 10_000; key++) paths.push(`flat/key-${String(key).padStart(5, '0')}`);
    plant('secret', paths);
    expect(await list('flat')).toHaveLength(10_000);
    expect(await list('flat', { after: 'key-04999', limit: 3 })).toEqual(['key-05000', 'key-05001', 'key-05002']);
    const pages: string[] = [];
    for (let after = ''; ; ) {
      const page = await list('flat', { after, limit: 999 });
      if (page === null) break;
      pages.push(...page);
      after = page[page.length - 1] ?? '';
    }
    expect(pages).toEqual(expectedKeys(paths, 'flat/'));
    expect(await scan('flat')).toHaveLength(10_000);
  });

  it('skips what lies below folders instead of reading it', async () => {
    const paths = Array.from({ length: 50_000 }, (_, n) => `f${1000 + Math.floor(n / 500)}/key-${10_000 + n}`);
    let rowsRead = 0;
    const counting = {
      async paths(_on: unknown, _mount: unknown, from: string, limit: number) {
        const first = paths.findIndex((path) => path >= from);
        const found = first < 0 ? [] : paths.slice(first, first + limit);
        rowsRead += found.length;
        return found;
      },
    } as unknown as Entries;
    const keys = await listFolder(counting, engine.storage.reader, mount, { folder: '' });
    expect(keys).toEqual(expectedKeys(paths, ''));
    expect(keys).toHaveLength(100);
    expect(rowsRead).toBeLessThan(500);
  });

  it('agrees with the definition for any paths, folders and pages', async () => {
    const segment = fc.constantFrom('a', 'b', 'a-', 'a.', 'a0', '', 'ä', '\u{10ffff}', '~');
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 60 }), path, fc.integer({ min: 1, max: 7 }), async (all, folder, limit) => {
        const paths = all.filter((one) => one !== '' && !one.endsWith('/'));
        clear('secret');
        plant('secret', paths);
        const inside = folder === '' ? '' : folder.endsWith('/') ? folder : `${folder}/`;
        const wanted = expectedKeys(paths, inside);
        expect((await list(folder)) ?? []).toEqual(wanted);
        expect((await scan(folder)) ?? []).toEqual(
          [...new Set(paths)]
            .filter((one) => one.startsWith(inside))
            .map((one) => one.slice(inside.length))
            .sort(byBytes),
        );
        const paged: string[] = [];
        for (let after = ''; ; ) {
          const page: readonly string[] | null = await list(folder, { after, limit });
          if (page === null) break;
          expect(page.length).toBeLessThanOrEqual(limit);
          paged.push(...page);
          after = page[page.length - 1] ?? '';
        }
        expect(paged).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });
});
