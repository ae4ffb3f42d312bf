import { describe, expect, test } from 'vitest';
import { Baseline } from './baseline.ts';
import { type BaselineEntry, type BaselineFile, baselineText, isoDay, parseBaseline } from './baseline-file.ts';

const KEY = 'salt-0a1b2c3d';
const print = (digit: string): string => `${KEY}:${digit.repeat(64)}`;
const entry = (digit: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  fingerprint: print(digit),
  detector: 'generic-password',
  reason: 'test account',
  owner: 'ada',
  expires: null,
  path: `src/${digit}.py:3`,
  seenIn: 'files',
  added: '2026-01-01',
  ...more,
});
const file = (...entries: BaselineEntry[]): BaselineFile => ({ keyId: KEY, salt: '00'.repeat(16), entries });
const lines = (text: string): string[] => text.trimEnd().split('\n');
const parse = (text: string) => parseBaseline(text, 'watchword-baseline.jsonl');

describe('the file', () => {
  test('reads as it was written, and is sorted', () => {
    const text = baselineText(file(entry('c'), entry('a'), entry('b', { expires: '2027-01-31' })));
    expect(parse(text).entries.map(({ fingerprint }) => fingerprint)).toEqual([print('a'), print('b'), print('c')]);
    expect(baselineText(parse(text))).toBe(text);
  });

  test('of a merge may have its lines twice and in any order', () => {
    const text = baselineText(file(entry('a'), entry('b')));
    const merged = [...lines(text), ...lines(text)].reverse().join('\n');
    expect(parse(merged)).toEqual(parse(text));
  });

  test('with two entries for one secret takes the later, then the one that ends sooner', () => {
    const later = entry('a', { added: '2026-02-01', reason: 'later' });
    const sooner = entry('b', { expires: '2026-06-01', reason: 'sooner' });
    const text = [
      ...lines(baselineText(file(entry('a'), sooner))),
      ...lines(baselineText(file(later, entry('b')))).slice(1),
    ].join('\n');
    expect(parse(text).entries.map(({ reason }) => reason)).toEqual(['later', 'sooner']);
  });

  test.each([
    ['<<<<<<< HEAD', /half done/],
    ['{"fingerprint":', /not a JSON object/],
    ['[1]', /not a JSON object/],
    ['{"format":"watchword-baseline/9","key":"salt-0a1b2c3d"}', /newer version/],
    ['{"format":"watchword-baseline/1","key":"salt-ffffffff"}', /different keys/],
    [JSON.stringify({ ...entry('d'), reason: '' }), /"reason"/],
    [JSON.stringify({ ...entry('d'), expires: 'soon' }), /"expires"/],
    [JSON.stringify({ ...entry('d'), fingerprint: 'abc' }), /"fingerprint"/],
  ])('is refused for the line %s, which is named', (line, message) => {
    const text = `${baselineText(file(entry('a')))}${line}\n`;
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(expect.objectContaining({ where: 'watchword-baseline.jsonl:3' }));
  });

  test('needs its header', () => {
    expect(() => parse(`${JSON.stringify(entry('a'))}\n`)).toThrow(/format and key/);
  });

  test('knows the days of the calendar', () => {
    expect(isoDay('2028-02-29')).toBe('2028-02-29');
    for (const day of ['2027-02-29', '2027-13-01', '31.01.2027', 'tomorrow']) expect(() => isoDay(day)).toThrow(/2027-01-31/);
  });
});

describe('a baseline', () => {
  const about = { path: 'b', today: '2026-05-05', keyId: KEY };

  test('silences what it names, with reason and owner', () => {
    const baseline = new Baseline(file(entry('a')), about);
    expect(baseline.silenceOf(print('a'))).toEqual({ by: 'baseline', reason: 'test account', owner: 'ada' });
    expect(baseline.silenceOf(print('b'))).toBeUndefined();
  });

  test('silences on the last day, and from the next on reports the entry as expired', () => {
    const today = new Baseline(file(entry('a', { expires: '2026-05-05' })), about);
    expect(today.silenceOf(print('a'))).toBeDefined();
    const over = new Baseline(file(entry('a', { expires: '2026-05-04' })), about);
    expect(over.silenceOf(print('a'))).toBeUndefined();
    expect(over.report(undefined).expired).toHaveLength(1);
  });

  test('calls stale what a whole scan of that kind did not meet, and nothing after a part', () => {
    const baseline = new Baseline(file(entry('a'), entry('b'), entry('c', { seenIn: 'history' })), about);
    baseline.silenceOf(print('a'));
    expect(baseline.report('files').stale.map(({ path }) => path)).toEqual(['src/b.py:3']);
    expect(baseline.report('history').stale.map(({ path }) => path)).toEqual(['src/c.py:3']);
    expect(baseline.report(undefined).stale).toEqual([]);
  });

  test('made with another key silences nothing, and says so', () => {
    const baseline = new Baseline(file(entry('a')), { ...about, keyId: 'key-12345678' });
    expect(baseline.silenceOf(print('a'))).toBeUndefined();
    expect(baseline.report('files')).toMatchObject({ foreignKey: KEY, stale: [] });
  });
});
