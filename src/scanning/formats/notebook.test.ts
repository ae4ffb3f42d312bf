import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import { notebook } from './notebook.ts';
import { acmeKeyFrom, places, tokenFrom, unfold } from './testing/unfold.ts';

const make = new Maker('notebook');
const token = tokenFrom(make);
const acme = acmeKeyFrom(make);

const code = (source: unknown, more: object = {}) => ({
  cell_type: 'code',
  execution_count: 1,
  id: make.chars('hex', 8),
  metadata: {},
  outputs: [] as unknown[],
  source,
  ...more,
});
const book = (cells: readonly unknown[], metadata: object = {}) => ({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
const bytesOf = (value: unknown, indent = 1) => Buffer.from(JSON.stringify(value, undefined, indent), 'utf8');
const read = (value: unknown) => unfold([notebook], 'train.ipynb', bytesOf(value));
const withOutput = (output: object) => read(book([code('1'), code('1', { outputs: [{ name: 'x' }, output] })]));

describe('a source', () => {
  const lines = ['import os\n', '\n', 'x = 1\n', '\n', `key = "${token}"\n`, 'print(x)'];

  test('in a list of lines is found with its cell and line', async () => {
    const found = await read(book([code(['1']), code(['2']), code(['3']), code(lines)]));
    expect(places(found)).toEqual([`#cell[3].source:5 ${token}`]);
    expect(found.problems).toEqual([]);
  });

  test('in one string is found in the same place', async () => {
    expect(places(await read(book([code('1'), code(lines.join(''))])))).toEqual([`#cell[1].source:5 ${token}`]);
  });

  test('is matched over the ends of lines', async () => {
    const found = await read(book([code(['acme = (\n', `  "${acme}")\n`])]));
    expect(places(found)).toEqual([`#cell[0].source:2 ${acme}`]);
  });

  test('of a version 3 notebook counts cells over all worksheets', async () => {
    const cell = (input: unknown) => ({ cell_type: 'code', input, language: 'python', outputs: [], prompt_number: 1 });
    const old = {
      metadata: { name: '' },
      nbformat: 3,
      worksheets: [{ cells: [cell(['a'])] }, { cells: [cell('b'), cell(lines)] }],
    };
    expect(places(await read(old))).toEqual([`#cell[2].source:5 ${token}`]);
  });

  test('of a text cell is found, and the embedded picture beside it is left out', async () => {
    const picture = `data:image/png;base64,${make.chars('base64', 30_000)}/${token}`;
    const cell = { cell_type: 'markdown', metadata: {}, source: [`![plot](${picture})\n`, `the token is ${token}`] };
    expect(places(await read(book([cell])))).toEqual([`#cell[0].source:2 ${token}`]);
  });
});

describe('an output', () => {
  test.for([
    ['.text:2', { output_type: 'stream', name: 'stdout', text: ['hello\n', `${token}\n`] }],
    ['.text:2', { output_type: 'stream', name: 'stdout', text: `hello\n${token}` }],
    ['.data[text/plain]:1', { output_type: 'execute_result', data: { 'text/plain': [`'${token}'`] } }],
    ['.data[text/html]:2', { output_type: 'display_data', data: { 'text/html': ['<td>\n', `${token}</td>`] } }],
    ['.data[application/json].a[0].b:1', { output_type: 'display_data', data: { 'application/json': { a: [{ b: token }] } } }],
    [
      '.data[application/vnd.x.v1+json].a:1',
      { output_type: 'display_data', data: { 'application/vnd.x.v1+json': { a: token } } },
    ],
    ['.evalue:1', { output_type: 'error', ename: 'E', evalue: `no ${token}`, traceback: [] }],
    ['.traceback:3', { output_type: 'error', traceback: ['one\ntwo', `\u001b[0;31m3\u001b[0m ${token}`] }],
    ['.data[text/html]:1', { output_type: 'pyout', html: [`<b>${token}</b>`], metadata: {} }],
    ['.data[application/json]:1', { output_type: 'pyout', json: `{"a": "${token}"}`, metadata: {} }],
    ['.metadata.note:1', { output_type: 'display_data', metadata: { note: token } }],
  ] as const)('at %s is found', async ([place, output]) => {
    expect(places(await withOutput(output))).toEqual([`#cell[1].outputs[1]${place} ${token}`]);
  });

  test('with colours in the middle of a credential is found', async () => {
    const coloured = `${token.slice(0, 9)}\u001b[38;5;241m${token.slice(9)}\u001b[0m`;
    expect(places(await withOutput({ output_type: 'stream', text: [coloured] }))).toEqual([
      `#cell[1].outputs[1].text:1 ${token}`,
    ]);
  });

  test('that is a picture, a document or a sound is skipped', async () => {
    const data = { 'image/png': token, 'image/jpeg': [token], 'application/pdf': token, 'audio/wav': token, 'image/gif': token };
    expect(places(await withOutput({ output_type: 'display_data', data }))).toEqual([]);
  });
});

describe('metadata', () => {
  test('is found under its path, with its key for context', async () => {
    const metadata = { kernelspec: { env: { ACME_KEY: acme } }, list: ['a', { b: `x ${token}` }] };
    const found = await read(book([code('1', { metadata: { tags: ['a', token] } })], metadata));
    expect(places(found)).toEqual([
      `#cell[0].metadata.tags:2 ${token}`,
      `#metadata.kernelspec.env.ACME_KEY:1 ${acme}`,
      `#metadata.list[1].b:1 ${token}`,
    ]);
  });

  test('with a credential as a key does not print it in the address', async () => {
    const found = await read(book([], { [token]: { n: 1 }, other: { [token]: 'x' } }));
    expect(places(found)).toEqual([`#metadata.other[0]:1 ${token}`, `#metadata[0]:1 ${token}`]);
  });

  test('of attachments is read unless it is a picture', async () => {
    const attachments = { 'a.txt': { 'text/plain': token }, 'b.png': { 'image/png': token } };
    const found = await read(book([{ cell_type: 'markdown', attachments, metadata: {}, source: '' }]));
    expect(places(found)).toEqual([`#cell[0].attachments[a.txt].data[text/plain]:1 ${token}`]);
  });

  test('that names cells, kernels and interpreters by hashes is no finding', async () => {
    const cells = Array.from({ length: 50 }, () => ({
      ...code('import acme'),
      id: make.uuid(),
      metadata: { _uuid: acmeKeyFrom(make), acme: { id: acmeKeyFrom(make), outputId: acmeKeyFrom(make) } },
    }));
    const found = await read(book(cells, { acme: { interpreter: { hash: acmeKeyFrom(make) } } }));
    expect(places(found)).toEqual([]);
  });
});

describe('positions', () => {
  test('enclose the credential in the raw file', async () => {
    const words = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(words, words, fc.constantFrom(0, 1, 4), async (before, after, indent) => {
        const source = [...before.map((line) => `${line}\n`), `k = "${token}"\n`, ...after.map((line) => `${line}\n`)];
        const bytes = bytesOf(book([code(source)]), indent);
        const { seen } = await unfold([notebook], 'a.ipynb', bytes);
        expect(seen).toHaveLength(1);
        const [{ sighting, address }] = seen as [(typeof seen)[0]];
        expect(bytes.toString('latin1', sighting.start.byte, sighting.end.byte)).toBe(token);
        expect(
          bytes
            .toString('utf8')
            .split('\n')
            [sighting.start.line - 1]?.slice(sighting.start.column - 1),
        ).toMatch(token);
        const above = source.slice(0, before.length).join('').split('\n').length;
        expect(address).toBe(`#cell[0].source:${above}`);
      }),
      { numRuns: 60 },
    );
  });

  test('are right behind escapes, other scripts and characters beyond the first plane', async () => {
    const text = `{"cells": [{"cell_type": "code", "source": ["# \\u00e9 \\ud83d\\ude00 é 😀 \\/ \\"q\\" ${token}"]}]}`;
    const bytes = Buffer.from(text);
    const { seen } = await unfold([notebook], 'a.ipynb', bytes);
    const [found] = seen;
    expect(bytes.toString('latin1', found?.sighting.start.byte, found?.sighting.end.byte)).toBe(token);
    expect(text.slice((found?.sighting.start.column ?? 0) - 1).startsWith(token)).toBe(true);
  });
});

describe('a notebook that is not as it should be', () => {
  const whole = bytesOf(book([code(['a = 1\n', `k = "${token}"\n`]), code([`acme = "${acme}"\n`, 'x'])]));

  test('is scanned wherever it breaks off', async () => {
    const end = whole.indexOf(acme) + acme.length;
    for (let length = whole.indexOf(token) + token.length + 2; length < whole.length; length += 1) {
      const found = await unfold([notebook], 'a.ipynb', whole.subarray(0, length));
      const values = found.seen.map(({ value }) => value);
      expect(values).toEqual(length >= end ? [token, acme] : [token]);
    }
  });

  test('with the marks of a merge conflict is scanned to the end', async () => {
    const text = whole.toString().replace('"a = 1\\n",', '<<<<<<< HEAD\n    "a = 1\\n",\n=======\n>>>>>>> other');
    const found = await unfold([notebook], 'a.ipynb', Buffer.from(text));
    expect(found.seen.map(({ value }) => value)).toEqual([token, acme]);
  });

  test('is recognised without its name, and not by its name alone', () => {
    expect(notebook.recognises('', whole.subarray(0, 560))).toBe(true);
    expect(notebook.recognises('.ipynb_checkpoints/a-checkpoint.ipynb', Buffer.from('{}'))).toBe(true);
    expect(notebook.recognises('a.ipynb', Buffer.from('version https://example.com/pointer'))).toBe(false);
    expect(notebook.recognises('package.json', Buffer.from('{"name": "x"}'))).toBe(false);
  });

  test('in UTF-16 or with a byte order mark is read', async () => {
    const text = whole.toString();
    for (const bytes of [Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf8')]) {
      const found = await unfold([notebook], 'a.ipynb', bytes);
      expect(places(found)).toEqual([`#cell[0].source:2 ${token}`, `#cell[1].source:1 ${acme}`]);
    }
  });

  test('nested without end is scanned all the same', async () => {
    const deep = `{"metadata": ${'['.repeat(100_000)}"${token}"${']'.repeat(100_000)}}`;
    const found = await unfold([notebook], 'a.ipynb', Buffer.from(deep));
    expect(found.seen.map(({ value }) => value)).toEqual([token]);
  });

  test('of any bytes whatever is no error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length), async (junk, at) => {
        const bytes = Buffer.concat([whole.subarray(0, at), junk, whole.subarray(at)]);
        const found = await unfold([notebook], 'a.ipynb', bytes);
        expect(found.problems).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
