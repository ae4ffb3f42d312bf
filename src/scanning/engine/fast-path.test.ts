import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { Maker } from '../detectors/maker.ts';
import type { Hit } from '../hit.ts';
import { type EngineKind, Scanner } from './scanner.ts';
import { everyHit, slowPath } from './slow-path.ts';
import { differences, FastPath } from './testing/fast-path.ts';
import { surrounded } from './testing/surroundings.ts';

const setting = { path: 'src/train.py' };
const kinds: readonly EngineKind[] = ['wasm', 'scalar'];
/** A cross-section; all of them take their turn in `test/scanning/oracle.test.ts`. */
const some = catalogue.filter((_, index) => index % 8 === 0);
const equal = { lost: [], invented: [] };

async function collected(hits: AsyncIterable<Hit>): Promise<Hit[]> {
  const all: Hit[] = [];
  for await (const hit of hits) all.push(hit);
  return all;
}

async function* pieces(text: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += length) yield text.subarray(at, at + length);
}

describe.for(kinds)('the %s engine', (kind) => {
  const fast = new FastPath(some, kind);
  const scanner = new Scanner(some, kind);

  test('finds with every detector what the slow path finds, wherever examples stand', () => {
    let found = 0;
    for (const text of surrounded(some, 'fast-path', 60_000)) {
      const slow = everyHit(some, text, setting);
      found += slow.length;
      expect(differences(slow, fast.everyHit(text, setting))).toEqual(equal);
    }
    expect(found).toBeGreaterThan(some.length);
  });

  test('finds an example at every distance from the beginning and the end', () => {
    for (const detector of some.slice(0, 12)) {
      const own = new FastPath([detector], kind);
      const [example] = detector.examples(new Maker('distance')).positive;
      for (let distance = 0; distance < 80; distance += 1) {
        const text = Buffer.from(`${' '.repeat(distance)}${example?.text}${' '.repeat(distance % 17)}`, 'latin1');
        expect(differences(everyHit([detector], text, setting), own.everyHit(text, setting))).toEqual(equal);
      }
    }
  });

  test('scans as the slow path does, what is encoded in a text and what overlaps included', () => {
    for (const text of surrounded(some.slice(0, 30), 'scan', 8000)) {
      const encoded = Buffer.from(`${text.toString('base64')}\n${text.toString('latin1')}`, 'latin1');
      expect(scanner.scan(encoded, setting)).toEqual(slowPath(some, encoded, setting));
    }
  });

  test('leaves a text that stands in its own buffer as it was', () => {
    const inner = [...surrounded(some.slice(0, 5), 'buffer', 4000)].map((text) => text.toString('base64')).join('\n');
    const text = Buffer.from(`settings: ${inner}\n`, 'latin1');
    const expected = scanner.scan(text, setting);
    for (const skipped of [0, 7]) {
      const buffer = scanner.buffer(text.length + skipped);
      buffer.set(text, skipped);
      const part = buffer.subarray(skipped, skipped + text.length);
      expect(scanner.scan(part, setting)).toEqual(expected);
      expect(Buffer.compare(part, text)).toBe(0);
    }
  });

  test('finds the same in a long text, in one piece or in many', async () => {
    const lines = Buffer.from('const total = prices.reduce((sum, price) => sum + price, 0);\n'.repeat(3000));
    const examples = [...surrounded(some.slice(0, 20), 'long', 3000)];
    const text = Buffer.concat(
      Array.from({ length: 32 }, (_, index) => [examples[index % examples.length], lines]).flat() as Buffer[],
    );
    const hits = scanner.scan(text, setting);
    expect(text.length).toBeGreaterThan(5e6);
    expect(hits.length).toBeGreaterThan(100);
    expect(differences(hits, await collected(scanner.scanChunks(pieces(text, 65_536), setting)))).toEqual(equal);
    // The texts are the same from the second round on, so everything must be found again.
    const period = Buffer.concat(examples.flatMap((example) => [example, lines])).length;
    const between = (from: number): string[] =>
      hits
        .filter(({ start }) => start >= from && start < from + period)
        .map(({ detector, start }) => `${detector.id} ${start - from}`);
    for (let from = period; from + period < text.length; from += period) expect(between(from)).toEqual(between(0));
  });

  test('keeps nothing from one text to the next', () => {
    const [detector] = some;
    const [example] = detector?.examples(new Maker('next')).positive ?? [];
    const text = Buffer.from(example?.text ?? '', 'latin1');
    const alone = new Scanner(some, kind).scan(text.subarray(0, -1), setting);
    scanner.scan(text, setting);
    expect(scanner.scan(text.subarray(0, -1), setting)).toEqual(alone);
  });
});

test('both engines agree on any bytes', () => {
  const wasm = new FastPath(some, 'wasm');
  const scalar = new FastPath(some, 'scalar');
  const words = some.flatMap(({ anchors }) => anchors);
  const part = fc.oneof(
    fc.constantFrom(...words, ...words.map((word) => word.toUpperCase())),
    fc.string({ unit: 'binary-ascii', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'abz019_+/-'), minLength: 10, maxLength: 90 }),
    fc.constantFrom('\n', '\\n', '%3D', '=', ': "', '"', ' '),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const text = Buffer.from(parts.join(''), 'latin1');
      expect(differences(scalar.everyHit(text, setting), wasm.everyHit(text, setting))).toEqual(equal);
    }),
    { numRuns: 300 },
  );
});
