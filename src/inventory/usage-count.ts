/** What is counted for one key. Times are milliseconds since the epoch, days are numbered from it, in UTC. */
export interface UsageCount {
  readonly firstUsed: number;
  readonly lastUsed: number;
  readonly retrievals: number;
  readonly days: number;
  readonly lastDay: number;
  /** Bit n: day `lastDay - n` is counted. */
  readonly recentDays: number;
  /** Index of the last event that was counted. */
  readonly lastEvent: number;
}

const DAY_MS = 86_400_000;
/** As many as fit into a 32-bit integer with its sign left alone. */
const WINDOW_DAYS = 31;
const WINDOW = 2 ** WINDOW_DAYS - 1;

/**
 * Adds one retrieval. Events may stand a little out of order in the log: every day is counted once, as long as it comes at
 * most {@link WINDOW_DAYS} days behind the latest one; an older one is not counted as a day.
 */
export function addRetrieval(count: UsageCount | undefined, time: number, event: number): UsageCount {
  const day = Math.floor(time / DAY_MS);
  if (count === undefined) {
    return { firstUsed: time, lastUsed: time, retrievals: 1, days: 1, lastDay: day, recentDays: 1, lastEvent: event };
  }
  const counted = {
    ...count,
    firstUsed: Math.min(count.firstUsed, time),
    lastUsed: Math.max(count.lastUsed, time),
    retrievals: count.retrievals + 1,
    lastEvent: event,
  };
  const ahead = day - count.lastDay;
  if (ahead > 0) {
    const kept = ahead < WINDOW_DAYS ? (count.recentDays * 2 ** ahead) % (WINDOW + 1) : 0;
    return { ...counted, days: count.days + 1, lastDay: day, recentDays: kept + 1 };
  }
  if (-ahead >= WINDOW_DAYS || (count.recentDays & (1 << -ahead)) !== 0) return counted;
  return { ...counted, days: count.days + 1, recentDays: count.recentDays | (1 << -ahead) };
}
