const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** `2026-11-26 14:05 UTC`. @param ms since the epoch */
export function pointInTime(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'no time';
}

/** For people, in its two largest units: `2d 3h`, `59m 30s`, `4s`; what is over is `over`. */
export function timeLeft(seconds: number): string {
  if (seconds <= 0) return 'over';
  const parts = [
    `${Math.floor(seconds / DAY)}d`,
    `${Math.floor((seconds % DAY) / HOUR)}h`,
    `${Math.floor((seconds % HOUR) / MINUTE)}m`,
    `${Math.floor(seconds % MINUTE)}s`,
  ];
  const first = parts.findIndex((part) => !part.startsWith('0'));
  return first === -1
    ? '0s'
    : parts
        .slice(first, first + 2)
        .filter((part) => !part.startsWith('0'))
        .join(' ');
}
