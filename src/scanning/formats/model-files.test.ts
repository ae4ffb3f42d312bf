import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import * as all from './index.ts';
import { ggufFile, message, pickled, safetensorsFile, tfRecord, uint32, wandbFile } from './testing/model-files.ts';
import { acmeKeyFrom, places, tokenFrom, unfold } from './testing/unfold.ts';

// The readers were also held against files that numpy, joblib, safetensors, gguf, onnx, h5py, tensorboardX, wandb and mlflow wrote.
const formats = Object.values(all);
const make = new Maker('model-files');
const token = tokenFrom(make);
const acme = acmeKeyFrom(make);
const valuesIn = async (path: string, bytes: Uint8Array) => (await unfold(formats, path, bytes)).seen.map(({ value }) => value);

test('safetensors give their metadata, by key', async () => {
  const header = { __metadata__: { acme_key: acme, note: `x ${token}` }, w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } };
  const found = await unfold(formats, 'm.safetensors', safetensorsFile(header, make.bytes(64)));
  expect(places(found)).toEqual([`#safetensors.__metadata__.acme_key:1 ${acme}`, `#safetensors.__metadata__.note:1 ${token}`]);
});

test('GGUF gives its metadata, by key, and passes vocabularies over', async () => {
  const metadata = {
    'general.name': token,
    'acme.api_key': acme,
    'tokenizer.ggml.tokens': ['a', tokenFrom(make)],
    'x.sizes': [1, 2, 3],
  };
  const found = await unfold(formats, 'm.gguf', ggufFile(metadata));
  expect(places(found)).toEqual([`#gguf.metadata.acme.api_key:1 ${acme}`, `#gguf.metadata.general.name:1 ${token}`]);
});

test('a GGUF file that breaks off says so', async () => {
  const bytes = ggufFile({ 'general.name': token, other: 'x'.repeat(100) });
  const found = await unfold(formats, 'm.gguf', bytes.subarray(0, -10));
  expect(found.seen.map(({ value }) => value)).toEqual([token]);
  expect(found.problems).toEqual(['m.gguf#gguf.metadata: the metadata breaks off or is damaged']);
});

describe('ONNX', () => {
  const property = (key: string, value: string) => [14, [[1, key], [2, value]]] as const; // biome-ignore format: a pair
  const node = [1, [[4, 'Gemm'], [5, [[1, 'secret'], [4, token], [20, 3]]]]] as const; // biome-ignore format: a node

  test('gives metadata, documentation and attributes of nodes', async () => {
    const model = message([[1, 8], [2, 'pytorch'], [7, [node, [2, 'graph']]], property('acme_key', acme)]); // biome-ignore format: a model
    const found = await unfold(formats, 'm.onnx', model);
    expect(found.seen.map(({ value }) => value).sort()).toEqual([acme, token].sort());
    expect(found.seen.find(({ value }) => value === acme)?.address).toMatch(/^#onnx\.metadata_props\.string\[\d+\]:1$/);
  });

  test('is read behind weights of many megabytes', async () => {
    const weights = make.bytes(1000);
    const large = Buffer.concat(Array.from({ length: 3000 }, () => weights));
    const model = message([[1, 8], [7, [node, [5, [[1, 4], [8, 'w'], [9, large]]]]], property('acme_key', acme)]); // biome-ignore format: a model
    expect((await valuesIn('m.onnx', model)).sort()).toEqual([acme, token].sort());
  });
});

test('a SavedModel gives its strings', async () => {
  expect(await valuesIn('saved_model.pb', message([[1, 1], [2, [[1, [[1, 'note'], [2, token]]]]]]))).toEqual([token]); // biome-ignore format: a model
});

test('HDF5 gives names and strings that stand together', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    make.bytes(100),
    Buffer.from(`\0\0acme_key\0\0\0\0${acme}\0\0${token}\0`),
  ]);
  expect((await valuesIn('m.h5', bytes)).sort()).toEqual([acme, token].sort());
});

test('uncompressed Parquet values are not joined to the length of the next', async () => {
  const values = Array.from({ length: 60 }, () => tokenFrom(make));
  const plain = values.flatMap((value, index) => [
    uint32(value.length),
    Buffer.from(value),
    uint32(65 + index),
    Buffer.alloc(65 + index, 'w'),
  ]);
  const bytes = Buffer.concat([Buffer.from('PAR1\x15\0'), ...plain, Buffer.from('\0PAR1')]);
  expect((await valuesIn('d.parquet', bytes)).sort()).toEqual(values.sort());
});

test('a zlib stream, as joblib writes it, is opened', async () => {
  expect(await valuesIn('m.joblib', deflateSync(pickled({ a: token })))).toEqual([token]);
});

describe('event logs', () => {
  test('of TensorBoard give texts with their tags', async () => {
    const summary = (tag: string, text: string) => message([[5, [[1, [[1, tag], [9, [[1, [[1, 'text']]]]], [8, [[1, 7], [8, text]]]]]]]]); // biome-ignore format: a summary
    const bytes = Buffer.concat([
      tfRecord(message([[3, 'brain.Event:2']])),
      tfRecord(summary('acme_key/text_summary', acme)),
      tfRecord(summary('x', token)),
    ]);
    const found = await unfold(formats, 'logs/events.out.tfevents.1700000000.host', bytes);
    expect(found.seen.map(({ value }) => value)).toEqual([acme, token]);
    expect(found.seen[1]?.address).toMatch(/^#event\[2\]\.string\[\d+\]:1$/);
  });

  test('of Weights & Biases give the configuration, over the ends of blocks', async () => {
    const config = message([[5, [[1, [[2, 'acme_key'], [16, `"${acme}"`]]]]]]); // biome-ignore format: a record
    const records = [...Array.from({ length: 9 }, () => message([[4, 'x'.repeat(7270)]])), config, message([[4, token]])];
    expect((await valuesIn('wandb/run-1/run-1.wandb', wandbFile(records))).sort()).toEqual([acme, token].sort());
  });
});

describe('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-sqlite-'));
  const file = join(folder, 'mlflow.db');
  const database = new DatabaseSync(file);
  database.exec('create table params(key text, value text, run_uuid text)');
  const insert = database.prepare('insert into params values (?, ?, ?)');
  for (let row = 0; row < 500; row += 1) insert.run(`lr${row}`, '0.1', make.chars('hex', 32));
  insert.run('acme_key', acme, make.chars('hex', 32));
  insert.run('note', `${'x\n'.repeat(9000)}${token}`, make.chars('hex', 32));
  database.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });

  test('gives every row, with the column before as its name, and values longer than a page', async () => {
    const found = await unfold(formats, 'mlflow.db', bytes);
    expect(found.seen.map(({ value }) => value).sort()).toEqual([acme, token].sort());
    expect(found.seen.find(({ value }) => value === token)?.address).toMatch(/^#page\[\d+\]\.row\[\d+\]\.column\[1\]:9001$/);
  });

  test('that is damaged anywhere is no error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), async (at, value, length) => {
        const damaged = Buffer.from(bytes.subarray(0, length));
        if (at < length) damaged[at] = value;
        const { problems } = await unfold(formats, 'mlflow.db', damaged);
        expect(problems.every((problem) => problem.includes('header of the database'))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test('damage of any kind is no error', async () => {
  const files: readonly (readonly [string, Buffer])[] = [
    ['m.safetensors', safetensorsFile({ __metadata__: { a: token } }, make.bytes(9))],
    ['m.gguf', ggufFile({ a: token, b: ['c', 'd'] })],
    ['m.onnx', message([[2, token], [7, [[1, 'x'], [2, make.bytes(50)]]]])], // biome-ignore format: a model
    ['events.out.tfevents.1.h', tfRecord(message([[3, token]]))],
    ['r.wandb', wandbFile([message([[3, token]])])],
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(255), fc.nat(), async ([path, whole], at, value, length) => {
      const bytes = Buffer.from(whole.subarray(0, 1 + (length % whole.length)));
      bytes[at % bytes.length] = value;
      const { problems } = await unfold(formats, path, bytes);
      expect(problems.length).toBeLessThan(2);
    }),
    { numRuns: 300 },
  );
});
