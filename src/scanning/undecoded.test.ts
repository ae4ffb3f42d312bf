import { expect, test } from 'vitest';
import { bytesContent, streamContent } from './content.ts';
import { github } from './detectors/github.ts';
import { Scanner } from './engine/scanner.ts';
import { newProgress } from './sighting.ts';
import { LineageScanner } from './sources/git/lineage-scan.ts';
import { Unfolder } from './unfolder.ts';

const scanner = new Scanner(github);
const unfolder = new Unfolder(scanner, [], newProgress());
const base64Of = (text: string): string => Buffer.from(text).toString('base64');
/** Encoded twice, in more pieces than are decoded. */
const exhausting = (count: number): Buffer => Buffer.from(`${base64Of('%41%42 '.repeat(12))}\n\n`.repeat(count));
const leftOut = { kind: 'not-scanned', path: 'a.txt', reason: expect.stringMatching(/^some of what is encoded in it/) };

test('a file in which something is left undecoded is reported as not scanned', async () => {
  const text = exhausting(7000);
  const short = exhausting(10);
  expect([...unfolder.text('a.txt', text)]).toEqual([leftOut]);
  expect([...unfolder.text('a.txt', short)]).toEqual([]);
  const long = streamContent(async function* () {
    for (let at = 0; at < 20; at += 1) yield exhausting(7000);
  });
  for (const content of [bytesContent(text), long]) {
    const events: unknown[] = [];
    for await (const event of unfolder.file('a.txt', content)) events.push(event);
    expect(events).toEqual([leftOut]);
  }
});

test('a version of a file in which something is left undecoded is not taken for clean', () => {
  const lineage = new LineageScanner(scanner);
  expect(lineage.scan(exhausting(7000))).toMatchObject({ hits: [], landmarks: { clean: false }, leftOut: true });
  expect(lineage.scan(exhausting(10))).toMatchObject({ hits: [], landmarks: { clean: true }, leftOut: false });
});
