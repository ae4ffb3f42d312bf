import type { Check } from '../../detector.ts';

/** Whether a key holds the letters that all keys of its provider hold. */
export function checkMarker(value: string, marker: string): Check {
  const ok = value.includes(marker);
  return { ok, reason: ok ? 'holds the marker of its provider' : 'lacks the marker of its provider' };
}
