import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Maker } from '../../src/scanning/detectors/maker.ts';
import type { Format } from '../../src/scanning/format.ts';
import * as all from '../../src/scanning/formats/index.ts';
import {
  ggufFile,
  message,
  npyFile,
  pickled,
  safetensorsFile,
  tfRecord,
  wandbFile,
} from '../../src/scanning/formats/testing/model-files.ts';
import { tarOf } from '../../src/scanning/formats/testing/tar-writer.ts';
import { unfold } from '../../src/scanning/formats/testing/unfold.ts';
import { zipOf } from '../../src/scanning/formats/testing/zip-writer.ts';
import { directory } from '../../src/scanning/sources/directory.ts';
import { standardInput } from '../../src/scanning/sources/standard-input.ts';
import { runSource, tokenFor } from '../../src/scanning/sources/testing/scan-source.ts';
import { FAULT } from '../../src/scanning/unfolder.ts';

/** Files made by somebody who wants a scan to hang, to end early, or to look elsewhere. */
const formats: readonly Format[] = Object.values(all);
const token = tokenFor('hostile files');
const line = `TOKEN=${token}\n`;
const MIB = 1024 * 1024;

describe('a folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'watchword-hostile-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('of pipes, sockets, and links to devices, to itself and out of it is read to its end', async () => {
    execFileSync('mkfifo', [join(root, 'a.fifo')]);
    const server = createServer().listen(join(root, 'b.socket'));
    symlinkSync('/dev/zero', join(root, 'c.zero'));
    symlinkSync('.', join(root, 'd'));
    const outside = mkdtempSync(join(tmpdir(), 'watchword-outside-'));
    writeFileSync(join(outside, 'secret'), line);
    symlinkSync(outside, join(root, 'e'));
    writeFileSync(join(root, 'z.env'), line);
    const { addresses, notScanned } = await runSource(directory(root));
    server.close();
    rmSync(outside, { recursive: true });
    expect(addresses).toEqual(['z.env:1']);
    expect(notScanned).toEqual([]);
  });

  test('may name rules by a pipe or a device', async () => {
    mkdirSync(join(root, 'sub'));
    symlinkSync('/dev/zero', join(root, '.gitignore'));
    execFileSync('mkfifo', [join(root, 'sub/.gitignore')]);
    writeFileSync(join(root, 'sub/z.env'), line);
    expect((await runSource(directory(root, { respectGitignore: true }))).addresses).toEqual(['sub/z.env:1']);
  });

  test('has what a name of its own hides: zeros, and encodings of more than a byte', async () => {
    const wide = (text: string): Buffer =>
      Buffer.concat([...text].map((character) => Buffer.from([0, 0, 0, character.charCodeAt(0)])));
    const texts: Record<string, Buffer> = {
      'a-zero.py': Buffer.from(`#\0\nx = 1\n${line}`),
      'b-late-zero.py': Buffer.concat([Buffer.alloc(9000, 'x = 1\n'), Buffer.from([0, 10]), Buffer.from(line)]),
      'c-utf16.py': Buffer.from(`x = 1 \n${line}`, 'utf16le'),
      'd-utf16-han.py': Buffer.from(`# ${'\u4f60\u597d'.repeat(6)}\n${line}`, 'utf16le'),
      'e-utf16-be.py': Buffer.from(`x = 1 \n${line}`, 'utf16le').swap16(),
      'f-utf32-be.py': wide(`x = 1\n${line}`),
      'g-utf32-le.py': wide(`x = 1\n${line}`).swap32(),
      'h-process': Buffer.from(`PATH=/usr/bin\0TOKEN=${token}\0HOME=/root\0`),
    };
    for (const [name, bytes] of Object.entries(texts)) writeFileSync(join(root, name), bytes);
    const { sightings } = await runSource(directory(root));
    expect(sightings.map(({ path }) => path).sort()).toEqual(Object.keys(texts).sort());
    for (const { path, start } of sightings) {
      const width = path.includes('utf16') ? 2 : path.includes('utf32') ? 4 : 1;
      const bytes = texts[path]?.subarray(start.byte, start.byte + token.length * width);
      expect(bytes?.toString('latin1').replaceAll('\0', '')).toBe(token);
    }
  });
});

describe('a text made to be slow', () => {
  // Each of these took minutes or the whole memory, when places were counted from the beginning for each finding.
  test.each([
    ['one line of many secrets', Buffer.from(`${token} `.repeat(60_000))],
    ['one line of many secrets in UTF-16', Buffer.from(`\ufeff${token} `.repeat(30_000), 'utf16le')],
    [
      'many lines of one cell',
      Buffer.from(`{"nbformat":4,"cells":[{"cell_type":"code","source":[${`"k = '${token}'\\n",`.repeat(40_000)}""]}]}`),
    ],
  ])('is told to its end: %s', async (_what, bytes) => {
    const { seen, problems } = await unfold(formats, 'a.ipynb', bytes);
    expect(problems).toEqual([]);
    expect(seen.length).toBeGreaterThanOrEqual(30_000);
  });

  test('of line feeds alone costs no memory', async () => {
    const before = process.memoryUsage().heapUsed;
    const { seen } = await unfold(formats, 'a.txt', Buffer.concat([Buffer.alloc(60 * MIB, '\n'), Buffer.from(line)]));
    expect(seen.map(({ address }) => address)).toEqual([`:${60 * MIB + 1}`]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * MIB);
  });

  test('that comes in one long chunk keeps its lines', async () => {
    const chunks = async function* () {
      yield Buffer.concat([Buffer.from(line), Buffer.alloc(66 * MIB, `${'x'.repeat(63)}\n`)]);
      yield Buffer.from(line);
    };
    const { sightings } = await runSource(standardInput(chunks()));
    expect(sightings.map(({ start }) => start.line)).toEqual([1, 66 * 16_384 + 2]);
  });

  test.each([
    ['lists', '['.repeat(1_000_000)],
    ['objects', '{"a":'.repeat(1_000_000)],
  ])('is read however deep its %s are', async (_what, nested) => {
    const { seen } = await unfold(formats, 'a.ipynb', Buffer.from(`{"nbformat":4,"metadata":${nested}"${token}"`));
    expect(seen.map(({ value }) => value)).toContain(token);
  });
});

/** A file of each format; each holds the token. */
const samples: Readonly<Record<string, Buffer>> = {
  'a.zip': zipOf([
    { name: 'a.env', bytes: line },
    { name: 'b.env', bytes: line, method: 8 },
  ]),
  'a.tar': tarOf([
    { name: 'a.env', bytes: line },
    { name: 'b/c.env', bytes: line },
  ]),
  'a.tar.gz': gzipSync(tarOf([{ name: 'a.env', bytes: line }])),
  'a.pkl': pickled({ key: token, list: ['a', token] }),
  'old.pkl': pickled({ key: token }, 0),
  'a.gguf': ggufFile({ 'general.name': `x ${token}`, list: ['a', token], numbers: [1, 2, 3] }),
  'a.safetensors': safetensorsFile({ __metadata__: { key: token } }, Buffer.alloc(16)),
  'a.npy': npyFile('|S60', 2, Buffer.concat([Buffer.from(line.padEnd(60)), Buffer.alloc(60)])),
  'a.onnx': message([
    [1, 8],
    [2, 'pytorch'],
    [
      14,
      [
        [1, 'key'],
        [2, token],
      ],
    ],
  ]),
  'events.out.tfevents.1': Buffer.concat([
    tfRecord(message([[3, token]])),
    tfRecord(
      message([
        [
          5,
          [
            [
              1,
              [
                [1, 'a'],
                [8, token],
              ],
            ],
          ],
        ],
      ]),
    ),
  ]),
  'run-1.wandb': wandbFile([message([[1, token]]), message([[2, [[1, token]]]])]),
  'a.ipynb': Buffer.from(
    JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: [line], outputs: [{ text: [line] }] }] }),
  ),
};

describe('a broken file', () => {
  test.each(Object.keys(samples))('is never a fault, wherever it breaks: %s', async (name) => {
    const sample = samples[name] as Buffer;
    const make = new Maker(`broken ${name}`);
    const all: string[] = [];
    for (let round = 0; round < 150; round += 1) {
      const bytes = Buffer.from(sample.subarray(0, round % 3 === 0 ? make.below(sample.length) : sample.length));
      const changes = 1 + make.below(4);
      for (let change = 0; change < changes && bytes.length > 8; change += 1) {
        const at = make.below(bytes.length - 8);
        // Lengths are what lies best.
        if (make.below(2) === 0) bytes.fill(make.pick([0, 1, 0x7f, 0x80, 0xff]), at, at + make.pick([1, 2, 4, 8]));
        else bytes[at] = make.below(256);
      }
      const { problems } = await unfold(formats, name, bytes);
      all.push(...problems);
    }
    expect(all.filter((problem) => problem.includes(FAULT))).toEqual([]);
  });

  test('whose header promises more than there is gets no memory for it', async () => {
    const length = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'hex'), Buffer.alloc(64)]);
    const before = process.memoryUsage().rss;
    const files: readonly (readonly [string, Buffer])[] = [
      ['a.safetensors', Buffer.concat([length('ffffffffffffff7f').subarray(0, 8), Buffer.from('{"a":1}')])],
      ['a.gguf', Buffer.concat([Buffer.from('GGUF'), length('03000000ffffffffffffff7fffffffffffffff7f')])],
      // A window and a dictionary of gigabytes.
      ['a.zst', length('28b52ffd00f8')],
      ['a.lzma', length('5dffffffffffffffffffffffff')],
      ['a.pkl', length('80048effffffffffffff7f')],
    ];
    for (const [name, bytes] of files) {
      const { problems } = await unfold(formats, name, bytes);
      expect([name, problems.filter((problem) => problem.includes(FAULT))]).toEqual([name, []]);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
  });
});
