/** What is counted for one credential, or for one of its versions and users. Times are milliseconds since the epoch. */
export interface UsageCount {
  readonly firstUsed: number;
  readonly lastUsed: number;
  readonly retrievals: number;
  /** Number of UTC days with a retrieval. */
  readonly days: number;
  /** Days since the epoch. */
  readonly lastDay: number;
  /** Bit n: day `lastDay - n` is counted. */
  readonly recentDays: number;
}

const DAY_MS = 86_400_000;
/** As many as a 32-bit integer holds beside its sign. */
const WINDOW_DAYS = 31;

/**
 * Adds one retrieval. Events may stand out of order in the log: every day is counted once as long as it comes less than
 * {@link WINDOW_DAYS} days behind the latest one; an older one no longer counts as a day.
 */
export function addRetrieval(count: UsageCount | undefined, time: number): UsageCount {
  const day = Math.floor(time / DAY_MS);
  if (count === undefined) {
    return { firstUsed: time, lastUsed: time, retrievals: 1, days: 1, lastDay: day, recentDays: 1 };
  }
  const counted = {
    ...count,
    firstUsed: Math.min(count.firstUsed, time),
    lastUsed: Math.max(count.lastUsed, time),
    retrievals: count.retrievals + 1,
  };
  const ahead = day - count.lastDay;
  if (ahead > 0) {
    const kept = ahead < WINDOW_DAYS ? (count.recentDays * 2 ** ahead) % 2 ** WINDOW_DAYS : 0;
    return { ...counted, days: count.days + 1, lastDay: day, recentDays: kept + 1 };
  }
  const bit = 2 ** -ahead;
  if (-ahead >= WINDOW_DAYS || (count.recentDays & bit) !== 0) return counted;
  return { ...counted, days: count.days + 1, recentDays: count.recentDays + bit };
}
