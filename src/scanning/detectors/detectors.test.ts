import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { families } from '../detector.ts';
import { Scanner } from '../engine/scanner.ts';
import { Maker } from './maker.ts';

const setting = { path: 'src/example.py' };
const scanner = new Scanner(catalogue);
const found = (text: string) => scanner.scan(Buffer.from(text, 'latin1'), setting);

test('ids are kebab-case and occur once', () => {
  const ids = catalogue.map(({ id }) => id);
  expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.for(catalogue.map((detector) => [detector.id, detector] as const))('%s', ([id, detector]) => {
  test('finds exactly the secret in each positive example, though all other detectors look too', () => {
    const { positive } = detector.examples(new Maker(id));
    expect(positive.length).toBeGreaterThan(0);
    for (const { text, value } of positive) {
      const own = found(text).filter((hit) => hit.detector.id === id);
      expect(
        own.map((hit) => hit.value.toString('latin1')),
        text,
      ).toContain(value);
    }
  });

  test('finds nothing in its negative examples', () => {
    for (const text of detector.examples(new Maker(id)).negative) {
      expect(
        found(text)
          .filter((hit) => hit.detector.id === id)
          .map((hit) => hit.value.toString('latin1')),
        text,
      ).toEqual([]);
    }
  });

  test('is described in bounds that the engine can rely on', () => {
    expect(families).toContain(detector.family);
    expect(detector.pattern.flags).not.toMatch(/[gy]/);
    expect(detector.pattern.source.replace(/\\./g, '').replace(/\[(?:[^\]])*\]/g, '')).not.toMatch(/[^(]\*|\+|\{\d+,\}/);
    for (const anchor of detector.anchors) {
      expect(anchor).toBe(anchor.toLowerCase());
      expect(anchor.length).toBeGreaterThanOrEqual(3);
    }
    for (const { text } of detector.examples(new Maker(id)).positive) {
      const match = new RegExp(detector.pattern.source, detector.pattern.flags).exec(text);
      expect(match, text).not.toBeNull();
      expect(match?.[0].length).toBeLessThanOrEqual(detector.reach);
    }
  });
});
