import { type MountConfig, SYSTEM_DEFAULT_TTL, SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import { formatDuration } from '../foundation/time.ts';

/** What decides how long a token lives, at its creation and with each renewal. Durations are seconds, 0 = not set. */
export interface LifetimeRequest {
  readonly wanted: number;
  readonly period: number;
  readonly explicitMaxTtl: number;
  /** Milliseconds since the epoch: maximum lifetimes count from here. */
  readonly createdAt: number;
  readonly now: number;
  readonly config: MountConfig;
}

export interface Lifetime {
  /** Seconds from now; 0 when the maximum lies in the past. */
  readonly ttl: number;
  readonly warnings: readonly string[];
}

/** The smaller of two durations of which 0 says "not set". */
export function lesser(a: number, b: number): number {
  return a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b);
}

/**
 * Vault's rule: a periodic token gets its period with every renewal, bounded by an explicit maximum only; any other token
 * gets what it wants, but never lives past the maximum of the mount or its own, counted from its creation.
 */
export function lifetime({ wanted, period, explicitMaxTtl, createdAt, now, config }: LifetimeRequest): Lifetime {
  const warnings: string[] = [];
  const mountMax = config.maxTtl === 0 ? SYSTEM_MAX_TTL : config.maxTtl;
  const max = lesser(mountMax, explicitMaxTtl);
  let ttl: number;
  let total: number;
  if (period > 0) {
    ttl = Math.min(period, max);
    if (ttl < period) warnings.push(capped('period', period, max, 'period value'));
    total = explicitMaxTtl === 0 ? Number.POSITIVE_INFINITY : explicitMaxTtl;
  } else {
    ttl = wanted > 0 ? wanted : Math.min(config.defaultTtl === 0 ? SYSTEM_DEFAULT_TTL : config.defaultTtl, mountMax);
    total = max;
  }
  const left = Math.max(0, total - Math.floor((now - createdAt) / 1000));
  if (ttl > left) {
    warnings.push(capped('TTL', ttl, left, 'TTL value'));
    ttl = left;
  }
  return { ttl, warnings };
}

function capped(what: string, asked: number, max: number, value: string): string {
  return `${what} of "${formatDuration(asked)}" exceeded the effective max_ttl of "${formatDuration(max)}"; ${value} is capped accordingly`;
}
