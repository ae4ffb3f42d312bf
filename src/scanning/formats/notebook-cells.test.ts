import { expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { bytesContent } from '../content.ts';
import { Maker } from '../detectors/maker.ts';
import { Scanner } from '../engine/scanner.ts';
import { newProgress } from '../sighting.ts';
import { Unfolder } from '../unfolder.ts';
import { notebook } from './notebook.ts';

const scanner = new Scanner(catalogue);
const unfolder = new Unfolder(scanner, [notebook], newProgress());

interface Found {
  readonly detector: string;
  readonly value: string;
  /** What the address ends with. */
  readonly place: string;
}

async function found(path: string, bytes: Uint8Array): Promise<Found[]> {
  const all: Found[] = [];
  for await (const event of unfolder.file(path, bytesContent(bytes))) {
    if (event.kind !== 'sighting') continue;
    const { detector, value, address } = event;
    all.push({ detector, value: Buffer.from(value).toString('latin1'), place: address.slice(path.length) });
  }
  return all;
}

test('what is found in a text is found in a cell that holds it, and on the same line', async () => {
  const texts = catalogue.flatMap((detector) =>
    detector.examples(new Maker(`cell/${detector.id}`)).positive.map(({ text }) => text),
  );
  // Latin-1 is what detectors see; a text of other bytes cannot stand in JSON.
  const samples = texts.filter((text) => Buffer.from(text, 'latin1').equals(Buffer.from(text, 'utf8')));
  const lost: string[] = [];
  let total = 0;
  for (const text of samples) {
    const source = text.split(/(?<=\n)/);
    const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source };
    const book = { cells: [{ ...cell, source: ['1'] }, cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const inCell = await found('a.ipynb', Buffer.from(JSON.stringify(book)));
    for (const { detector, value, place } of await found('a.py', Buffer.from(text))) {
      total += 1;
      const moved = `#cell[1].source${place}`;
      if (!inCell.some((one) => one.value === value && one.place === moved)) lost.push(`${detector} ${place}`);
    }
  }
  expect(total).toBeGreaterThan(catalogue.length);
  expect(lost.length / total, lost.slice(0, 20).join(', ')).toBeLessThan(0.01);
}, 120_000);
