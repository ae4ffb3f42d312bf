import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zipOf } from '../formats/testing/zip-writer.ts';
import { directory } from './directory.ts';
import { files } from './files.ts';
import { runSource, tokenFor } from './testing/scan-source.ts';

const token = tokenFor('directory');
const text = `# settings\nTOKEN=${token}\n`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watchword-directory-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(contents: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Root may read everything, so that it steps back for a while. */
async function asNobodySpecial<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a folder', () => {
  test('is scanned with everything in it, reported from the root on', async () => {
    write({
      '.env': text,
      'a/b.py': text,
      'a/.ipynb_checkpoints/x.txt': text,
      'node_modules/m/i.js': text,
      'z.zip': zipOf([{ name: 'in/.env', bytes: text }]),
    });
    const { addresses, notScanned, progress } = await runSource(directory(root));
    expect(addresses).toEqual(['.env:2', 'a/.ipynb_checkpoints/x.txt:2', 'a/b.py:2', 'node_modules/m/i.js:2', 'z.zip!in/.env:2']);
    expect(notScanned).toEqual([]);
    expect(progress).toMatchObject({ files: 6, expectedFiles: 5 });
  });

  test('gives line, column and byte in the file', async () => {
    write({ 'a.txt': `é\nx = ${token}` });
    const [sighting] = (await runSource(directory(root))).sightings;
    expect(sighting).toMatchObject({
      start: { line: 2, column: 5, byte: 7 },
      end: { line: 2, column: 5 + token.length, byte: 7 + token.length },
    });
  });

  test('may hold files of any size around what is read at once', async () => {
    const sizes = [0, 65_535, 65_536, 65_537, 4 * 1024 * 1024 - 1, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 70 * 1024 * 1024];
    write(
      Object.fromEntries(
        sizes.map((size) => [`${size}.txt`, Buffer.concat([Buffer.alloc(size, 'word\n'), Buffer.from(`\n${token}\n`)])]),
      ),
    );
    const { sightings } = await runSource(directory(root));
    expect(sightings.map(({ path, start }) => `${path}:${start.byte}`).sort()).toEqual(
      sizes.map((size) => `${size}.txt:${size + 1}`).sort(),
    );
    // A line is five bytes long, and the secret stands on one of its own.
    for (const { start } of sightings) expect(start.line).toBe(Math.floor((start.byte - 1) / 5) + 2);
  });

  test('skips what is binary without a word, but not UTF-16', async () => {
    write({
      'a.o': Buffer.concat([Buffer.from(text), Buffer.alloc(text.length), Buffer.from(text)]),
      'b.txt': Buffer.from(`\ufeff${text}`, 'utf16le'),
    });
    const { addresses, notScanned } = await runSource(directory(root));
    expect(addresses).toEqual(['b.txt:2']);
    expect(notScanned).toEqual([]);
  });

  test('with links, loops and pipes is scanned without following or opening them', async () => {
    write({ 'a/x.env': text });
    symlinkSync('.', join(root, 'a/loop'));
    symlinkSync('x.env', join(root, 'a/link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const { addresses, notScanned } = await runSource(directory(root));
    expect(addresses).toEqual(['a/x.env:2']);
    expect(notScanned).toEqual([]);
  });

  test('says what could not be read', async () => {
    write({ 'a.env': text, 'closed.env': text, 'locked/b.env': text });
    chmodSync(join(root, 'closed.env'), 0);
    chmodSync(join(root, 'locked'), 0);
    chmodSync(root, 0o755);
    const { addresses, notScanned } = await asNobodySpecial(() => runSource(directory(root)));
    chmodSync(join(root, 'locked'), 0o700);
    expect(addresses).toEqual(['a.env:2']);
    expect(notScanned.map(({ path, reason }) => `${path}: ${reason}`).sort()).toEqual([
      'closed.env: cannot be read (EACCES)',
      'locked/: cannot be read (EACCES)',
    ]);
  });

  test('that is gone is an event', async () => {
    const { notScanned } = await runSource(directory(join(root, 'nowhere')));
    expect(notScanned).toEqual([{ kind: 'not-scanned', path: '.', reason: 'cannot be read (ENOENT)' }]);
  });

  test('may have names that are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9]), Buffer.from('.env')]), text);
    expect((await runSource(directory(root))).addresses).toEqual(['café.env:2']);
  });

  test('that is a repository gives its configuration and hooks, not its objects', async () => {
    write({
      '.git/config': text,
      '.git/hooks/pre-commit': text,
      '.git/hooks/x.sample': text,
      '.git/objects/ab/cd': text,
      '.git/index': text,
      'sub/.git': text,
    });
    expect((await runSource(directory(root))).addresses).toEqual(['.git/config:2', '.git/hooks/pre-commit:2', 'sub/.git:2']);
  });

  test('leaves out what is excluded', async () => {
    write({ 'a/x.env': text, 'b/x.env': text, 'b/keep.env': text });
    const { addresses } = await runSource(directory(root, { exclude: ['/a', 'b/*', '!b/keep.env'] }));
    expect(addresses).toEqual(['b/keep.env:2']);
  });

  test('leaves out what git ignores only when asked to', async () => {
    write({ '.git/info/exclude': 'info.env', '.gitignore': '*.log\n/out', 'a/.gitignore': '!a.log\nlocal.env' });
    write({ 'a/a.log': text, 'b.log': text, 'a/local.env': text, 'local.env': text, 'info.env': text, 'out/x': text });
    expect((await runSource(directory(root))).addresses).toHaveLength(6);
    const asked = await runSource(directory(root, { respectGitignore: true }));
    expect(asked.addresses).toEqual(['a/a.log:2', 'local.env:2']);
    const below = await runSource(directory(join(root, 'a'), { respectGitignore: true }));
    expect(below.addresses).toEqual(['a.log:2']);
  });

  test('is left between two files when the signal says so', async () => {
    write(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}.env`, text])));
    expect((await runSource(directory(root), AbortSignal.abort())).addresses).toEqual([]);
  });
});

describe('files by name', () => {
  test('are reported as they were given, folders with what is in them', async () => {
    write({ 'a.env': text, 'f/b.env': text });
    symlinkSync('a.env', join(root, 'link'));
    const { addresses, notScanned } = await runSource(
      files([join(root, 'a.env'), join(root, 'f/'), join(root, 'link'), join(root, 'none')]),
    );
    expect(addresses.map((address) => address.slice(root.length))).toEqual(['/a.env:2', '/f/b.env:2', '/link:2']);
    expect(notScanned).toEqual([{ kind: 'not-scanned', path: join(root, 'none'), reason: 'cannot be read (ENOENT)' }]);
  });

  test('that are pipes are not opened', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const { notScanned } = await runSource(files([join(root, 'pipe')]));
    expect(notScanned).toMatchObject([{ reason: 'neither a file nor a folder' }]);
  });
});
