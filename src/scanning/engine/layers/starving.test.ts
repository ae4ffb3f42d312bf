import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { github } from '../../detectors/github.ts';
import { google } from '../../detectors/google.ts';
import { Maker } from '../../detectors/maker.ts';
import { Scanner } from '../scanner.ts';
import { slowPath } from '../slow-path.ts';

const detectors = github.slice(0, 1);
const setting = { path: 'a.txt' };
const make = new Maker('starving');
const value = detectors[0]?.examples(make).positive[0]?.value ?? '';
const settings = `# some settings of the service\ntoken = "${value}"\n`;
const base64Of = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const wrapped = (text: string, width: number): string => text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';

/** As both paths see it; they must agree. */
function found(text: string): string[] {
  const bytes = Buffer.from(text);
  const hits = new Scanner(detectors).scan(bytes, setting);
  expect(hits).toEqual(slowPath(detectors, bytes, setting));
  return hits.map((hit) => `${hit.layers.join(' ')}: ${hit.value.toString()}`);
}

describe('before an encoded secret', () => {
  test.for([
    ['short words of percent-encoding', '%41%42%43%44%45%46 '],
    ['short stretches of base64', `${base64Of('hello world, this is 1 text')}\n\n`],
    ['lines of base64', `${base64Of('hello world, this is 1 text')}\n`],
    ['hexadecimal', `${Buffer.from('hello world, jolly').toString('hex')};`],
    ['strings of JSON', `{"a": "so \\"it\\" is said here"}\n`],
  ] as const)('any number of %s hide nothing', ([, filler]) => {
    const scanner = new Scanner(detectors);
    for (const count of [100, 5000, 50_000]) {
      const hits = scanner.scan(Buffer.from(`${filler.repeat(count)}\n\n${base64Of(settings)}`), setting);
      expect(hits).toMatchObject([{ layers: ['base64'], value: Buffer.from(value) }]);
    }
    expect(scanner.undecoded).toBe(0);
  });

  test('what is encoded in something encoded is decoded up to an allowance, and it is said when that was not enough', () => {
    const scanner = new Scanner(detectors);
    const secret = base64Of(`twice: ${base64Of(settings)}`);
    const filler = `${base64Of('%41%42 '.repeat(12))}\n\n`;
    expect(scanner.scan(Buffer.from(`${filler.repeat(100)}\n\n${secret}`), setting)).toHaveLength(1);
    expect(scanner.undecoded).toBe(0);
    expect(scanner.scan(Buffer.from(`${filler.repeat(50_000)}\n\n${secret}`), setting)).toEqual([]);
    expect(scanner.undecoded).toBe(1);
  });
});

test.for([60, 32, 78])('hexadecimal in lines of %i digits is one stretch', (width) => {
  expect(found(wrapped(Buffer.from(settings).toString('hex'), width))).toEqual([`hex: ${value}`]);
});

test('hexadecimal may say letters beyond ASCII after its beginning', () => {
  const text = Buffer.from(`# settings of the café\n${settings}`).toString('hex');
  expect(found(text)).toEqual([`hex: ${value}`]);
  expect(found(wrapped(text, 60))).toEqual([`hex: ${value}`]);
});

test('in a list of encoded secrets every line ends its own', () => {
  const [detector] = google.filter(({ id }) => id === 'google-api-key');
  const values = Array.from({ length: 5 }, (_, index) => detector?.examples(new Maker(`list/${index}`)).positive[0]?.value ?? '');
  const scanner = new Scanner(google);
  for (const encoding of ['base64', 'hex'] as const) {
    const lines = values.map((each) => Buffer.from(each).toString(encoding)).join('\n');
    const hits = scanner.scan(Buffer.from(lines), setting);
    expect(hits.map((hit) => hit.value.toString())).toEqual(values);
  }
});

describe('gzip and zlib in base64', () => {
  test('are unpacked, wrapped or not', () => {
    for (const packed of [gzipSync(settings), deflateSync(settings), deflateSync(settings, { level: 9 })]) {
      const text = base64Of(packed);
      expect(found(text)).toEqual([`base64+deflate: ${value}`]);
      expect(found(wrapped(text, 64))).toEqual([`base64+deflate: ${value}`]);
      expect(found(base64Of(text))).toEqual([`base64 base64+deflate: ${value}`]);
    }
  });

  test('give all their secrets, also when cut short', () => {
    const values = Array.from(
      { length: 4 },
      (_, index) => detectors[0]?.examples(new Maker(`packed/${index}`)).positive[0]?.value ?? '',
    );
    const packed = gzipSync(values.map((each) => `token = "${each}"\n`).join('and so on\n'.repeat(40)));
    expect(found(base64Of(packed))).toEqual(values.map((each) => `base64+deflate: ${each}`));
    expect(found(base64Of(packed.subarray(0, -12)))).toContain(`base64+deflate: ${values[0]}`);
  });

  test('that say more than 1 MiB are told of', () => {
    const scanner = new Scanner(detectors);
    const text = `${base64Of(gzipSync(Buffer.alloc(3 * 1024 * 1024, 32)))} ${base64Of(gzipSync(settings))}`;
    expect(scanner.scan(Buffer.from(text), setting)).toHaveLength(1);
    expect(scanner.undecoded).toBe(1);
  });

  test('are not taken for such by their first letters alone', () => {
    const scanner = new Scanner(detectors);
    const runs = Array.from({ length: 20 }, () => `H4sI${make.chars('base62', 60)} eJw${make.chars('base62', 61)}`);
    expect(scanner.scan(Buffer.from(runs.join(' ')), setting)).toEqual([]);
  });
});
