import { describe, expect, it } from 'vitest';
import { RecentLines } from './recent-lines.ts';

describe('recent lines', () => {
  it('are given by index, as far as they go', () => {
    const recent = new RecentLines();
    recent.add(7, ['a', 'b']);
    recent.add(9, ['c']);
    expect(recent.slice(7, 9)).toEqual(['a', 'b']);
    expect(recent.slice(8, 100)).toEqual(['b', 'c']);
    expect(recent.slice(10, 100)).toEqual([]);
  });

  it('are undefined for what came before them, and while there are none', () => {
    const recent = new RecentLines();
    expect(recent.slice(0, 1)).toBeUndefined();
    recent.add(7, ['a']);
    expect(recent.slice(6, 8)).toBeUndefined();
  });

  it('begin anew where events are missing in between', () => {
    const recent = new RecentLines();
    recent.add(0, ['a']);
    recent.add(2, ['c']);
    expect(recent.slice(0, 3)).toBeUndefined();
    expect(recent.slice(2, 3)).toEqual(['c']);
  });

  it('forget the older half when they grow too large', () => {
    const recent = new RecentLines();
    const line = 'x'.repeat(1024 * 1024);
    for (let first = 0; first < 17; first++) recent.add(first, [line]);
    expect(recent.slice(7, 9)).toBeUndefined();
    expect(recent.slice(8, 17)).toHaveLength(9);
  });
});
