import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import { numpy } from './numpy.ts';
import { pickle } from './pickle.ts';
import { npyFile, pickled, uint32 } from './testing/model-files.ts';
import { acmeKeyFrom, places, tokenFrom, unfold } from './testing/unfold.ts';

const make = new Maker('pickle');
const token = tokenFrom(make);
const other = tokenFrom(make);
const acme = acmeKeyFrom(make);
const formats = [pickle, numpy];
const ascii = (text: string) => Buffer.from(text, 'latin1');

describe.for([0, 1, 2, 3, 4, 5])('a pickle of protocol %i', (protocol) => {
  test('gives its strings, and each key beside its value', async () => {
    const value = { conf: { acme_key: acme, lr: 3 }, list: ['a', token, null], acme };
    const found = await unfold(formats, 'a.pkl', pickled(value, protocol));
    expect(found.seen.map((one) => one.value).sort()).toEqual([acme, acme, token].sort());
    expect(found.seen.every(({ address }) => /^#pickle\.string\[\d+\]:1$/.test(address))).toBe(true);
    expect(found.problems).toEqual([]);
  });

  test('gives what comes before it breaks off', async () => {
    const bytes = pickled([token, other], protocol);
    const found = await unfold(formats, 'a.pkl', bytes.subarray(0, bytes.indexOf(other) + 8));
    expect(found.seen.map(({ value }) => value)).toEqual([token]);
  });
});

test('several pickles in one file, and raw weights behind them, are read', async () => {
  const weights = Buffer.concat([make.bytes(5000), Buffer.from([0]), Buffer.from(` ${other} `), Buffer.from([0])]);
  const found = await unfold(formats, 'old.pt', Buffer.concat([pickled(1, 2), pickled({ a: token }, 2), weights]));
  expect(found.seen.map(({ value }) => value)).toEqual([token, other]);
});

test('bytes in a pickle are looked through', async () => {
  const bytes = Buffer.concat([Buffer.from(token), make.bytes(3_000_000)]);
  const found = await unfold(formats, 'a.pkl', pickled(['a', bytes, other]));
  expect(found.seen.map(({ value }) => value).sort()).toEqual([token, other].sort());
});

test('arrays that joblib puts between the opcodes are passed over', async () => {
  // `(NumpyArrayWrapper, {'shape': (n,), 'dtype': dtype('f8')})`, the raw numbers, then the next opcodes.
  const text = (value: string) => Buffer.concat([Buffer.from([0x8c, value.length]), ascii(value), Buffer.from([0x94])]);
  const global = (module: string, name: string) => Buffer.concat([text(module), text(name), Buffer.from([0x93, 0x94])]);
  const wrapper = Buffer.concat([
    global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    ascii(')\x81}('),
    text('shape'),
    ascii('M\x90\x01\x85'),
    text('dtype'),
    global('numpy', 'dtype'),
    text('f8'),
    ascii('\x89\x88\x87R'),
    ascii('ub'),
  ]);
  const numbers = Buffer.alloc(400 * 8, '(X.}\x80\x04t');
  const bytes = Buffer.concat([
    Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0]),
    ascii('}('),
    text('w'),
    wrapper,
    numbers,
    text('acme_key'),
    text(acme),
    ascii('u.'),
  ]);
  expect(places(await unfold(formats, 'a.joblib', bytes))).toEqual([`#pickle.string[9]:1 ${acme}`]);
});

describe('NumPy arrays', () => {
  test('of characters, narrow and wide, give each element', async () => {
    const narrow = Buffer.from(token + other);
    const wide = Buffer.concat([...`${token}${other}`].map((letter) => uint32(letter.charCodeAt(0))));
    for (const bytes of [npyFile(`|S${token.length}`, 2, narrow), npyFile(`<U${token.length}`, 2, wide)])
      expect(places(await unfold(formats, 'a.npy', bytes))).toEqual([`#numpy.array[0]:1 ${token}`, `#numpy.array[1]:1 ${other}`]);
  });

  test('of objects are pickles', async () => {
    const found = await unfold(formats, 'a.npy', npyFile('|O', 1, pickled([token, { acme_key: acme }])));
    expect(found.seen.map(({ value }) => value).sort()).toEqual([acme, token].sort());
  });

  test('of numbers have no findings', async () => {
    expect((await unfold(formats, 'a.npy', npyFile('<f8', 4000, make.bytes(32_000)))).seen).toEqual([]);
  });
});

describe('a pickle made to harm', () => {
  test('is never executed: a call is only a name', async () => {
    const bytes = Buffer.concat([ascii('cos\nsystem\n('), ascii(`V${token}\n`), ascii('tR.')]);
    expect((await unfold(formats, 'a.pkl', bytes)).seen.map(({ value }) => value)).toEqual([token]);
  });

  test.for([
    ['deep nesting', Buffer.concat([Buffer.from([0x80, 2]), Buffer.alloc(500_000, ']('), Buffer.from('.')])],
    ['a flood of marks', Buffer.concat([Buffer.from([0x80, 2]), Buffer.alloc(500_000, '('), Buffer.alloc(500_000, 't')])],
    [
      'copies of copies',
      Buffer.concat([Buffer.from([0x80, 2]), pickled('x'.repeat(200), 2).subarray(2, -1), Buffer.alloc(500_000, '2\x86')]),
    ],
    [
      'one text as the value of a million keys',
      Buffer.concat([
        Buffer.from([0x80, 2, 0x7d]),
        pickled('x'.repeat(250), 2).subarray(2, -1),
        Buffer.alloc(600_000, 'h\0h\0s'),
      ]),
    ],
    [
      'a length beyond the end',
      Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x8d, 255, 255, 255, 255, 255, 255, 255, 127]),
    ],
  ] as const)('by %s stays small', async ([, bytes]) => {
    let length = 0;
    const content = {
      size: bytes.length,
      head: async () => bytes,
      whole: async () => bytes,
      chunks: async function* () {
        yield bytes;
      },
    };
    for await (const piece of pickle.unfold(content, 'a.pkl', undefined as never))
      if (piece.kind === 'text') length += piece.bytes.length;
    expect(length).toBeLessThan(8 * bytes.length + 4096);
  });

  test('of any bytes whatever is no error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(0, 2, 4), async (junk, protocol) => {
        const bytes = Buffer.concat([pickled([token, { a: 'b' }], protocol).subarray(0, -1), junk]);
        const found = await unfold(formats, 'a.pkl', bytes);
        expect(found.seen.map(({ value }) => value)).toContain(token);
      }),
      { numRuns: 100 },
    );
  });
});
