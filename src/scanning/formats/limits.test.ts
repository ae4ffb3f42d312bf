import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Budget } from '../budget.ts';
import { bytesContent, NotScannable } from '../content.ts';
import { Maker } from '../detectors/maker.ts';
import type { Format } from '../format.ts';
import * as all from './index.ts';
import { tokenFrom, unfold } from './testing/unfold.ts';
import { zipOf } from './testing/zip-writer.ts';

const formats: readonly Format[] = Object.values(all);
const token = tokenFrom(new Maker('limits'));
const MIB = 1024 * 1024;

/** Text of one letter, which compresses by a factor of a thousand. */
const blank = (size: number): Buffer => Buffer.alloc(size, 'a');

describe('an archive that expands without end', () => {
  test('is left at the limit, and what was read before is reported', async () => {
    const inner = gzipSync(blank(120 * MIB), { level: 9 });
    const members = Array.from({ length: 4 }, (_, at) => ({ name: `${at}.gz`, bytes: inner, method: 8 as const }));
    const bytes = zipOf([{ name: 'a.env', bytes: `TOKEN=${token}` }, ...members]);
    const { seen, problems } = await unfold(formats, 'bomb.zip', bytes);
    expect(seen.map(({ value }) => value)).toEqual([token]);
    expect(problems.join('\n')).toMatch(/expands to more than 1000 times its size, the limit for one file/);
    expect(problems.at(-1)).toMatch(/^bomb\.zip: the rest: /);
    expect(problems.length).toBeLessThan(8);
  });

  test('is not unfolded deeper than eight times', async () => {
    let bytes: Uint8Array = Buffer.from(`TOKEN=${token}`);
    for (let depth = 0; depth < 10; depth += 1) bytes = zipOf([{ name: `${depth}.zip`, bytes, method: 0 }]);
    const { seen, problems } = await unfold(formats, 'deep.zip', bytes);
    expect(seen).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/more than 8 archives inside each other$/)]);
  });
});

describe('a budget', () => {
  const limits = { expanded: 1000, ratio: 10, free: 50, members: 2 };

  test('is shared and stays exhausted', () => {
    const budget = new Budget(undefined, limits);
    budget.spend(900);
    expect(() => budget.spend(200)).toThrow(NotScannable);
    expect(() => budget.spend(0)).toThrow(NotScannable);
    expect(() => budget.member()).toThrow(NotScannable);
  });

  test('asks for the ratio only beyond what is free', () => {
    const budget = new Budget(1, limits);
    budget.spend(50);
    expect(() => budget.spend(1)).toThrow('more than 10 times its size');
  });

  test('counts members', () => {
    const budget = new Budget(1, limits);
    budget.member();
    budget.member();
    expect(() => budget.member()).toThrow('more than 2 files');
  });

  test('is asked by every decoder', async () => {
    const budget = new Budget(1000, limits);
    const content = bytesContent(gzipSync(blank(5000)));
    const pieces: string[] = [];
    for await (const piece of all.gzip.unfold(content, 'a.gz', budget))
      pieces.push(piece.kind === 'problem' ? piece.reason : piece.kind);
    expect(pieces).toEqual(['expands to more than 0 MiB, the limit for one file']);
  });
});
