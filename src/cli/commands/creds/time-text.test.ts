import { expect, it } from 'vitest';
import { pointInTime, timeLeft } from './time-text.ts';

it.each([
  [-1, 'over'],
  [0, 'over'],
  [0.4, '0s'],
  [59, '59s'],
  [3600, '1h'],
  [3599, '59m 59s'],
  [90_061, '1d 1h'],
  [86_460, '1d'],
])('%d seconds are %s', (seconds, text) => {
  expect(timeLeft(seconds)).toBe(text);
});

it('says when, for everybody alike', () => {
  expect(pointInTime(Date.UTC(2026, 10, 26, 14, 5, 59))).toBe('2026-11-26 14:05 UTC');
  expect(pointInTime(Number.POSITIVE_INFINITY)).toBe('no time');
});
