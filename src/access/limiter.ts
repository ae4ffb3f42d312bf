import type { Clock } from '../foundation/ports.ts';

interface Bucket {
  tokens: number;
  updated: number;
}

export interface LimiterOptions {
  /** Unauthenticated requests per second and address that are served and logged. */
  readonly perSecond: number;
  readonly burst: number;
  /** The same over all addresses together. */
  readonly totalPerSecond: number;
  readonly totalBurst: number;
}

const defaultLimits: LimiterOptions = { perSecond: 20, burst: 100, totalPerSecond: 200, totalBurst: 1000 };

const MAX_ADDRESSES = 10_000;

/**
 * Token buckets for requests that carry no valid token, per address (IPv6: per /64) and overall. What they refuse is
 * neither served nor logged one by one, only counted, so that strangers cannot fill the disk.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #options: LimiterOptions;
  readonly #buckets = new Map<string, Bucket>();
  readonly #total: Bucket;
  #refused = 0;

  constructor(clock: Clock, options: LimiterOptions = defaultLimits) {
    this.#clock = clock;
    this.#options = options;
    this.#total = { tokens: options.totalBurst, updated: clock.now() };
  }

  /** Takes one; false when the address or all together have had enough. */
  admit(address: string): boolean {
    const { perSecond, burst, totalPerSecond, totalBurst } = this.#options;
    const bucket = this.#bucketOf(addressGroup(address));
    const admitted = this.#refill(bucket, perSecond, burst) >= 1 && this.#refill(this.#total, totalPerSecond, totalBurst) >= 1;
    if (admitted) {
      bucket.tokens -= 1;
      this.#total.tokens -= 1;
    } else this.#refused += 1;
    return admitted;
  }

  /** Number refused since the last call; then counts anew. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  #bucketOf(group: string): Bucket {
    let bucket = this.#buckets.get(group);
    if (bucket === undefined) {
      bucket = { tokens: this.#options.burst, updated: this.#clock.now() };
      const oldest = this.#buckets.size >= MAX_ADDRESSES ? this.#buckets.keys().next().value : undefined;
      if (oldest !== undefined) this.#buckets.delete(oldest);
      this.#buckets.set(group, bucket);
    }
    return bucket;
  }

  #refill(bucket: Bucket, perSecond: number, burst: number): number {
    const now = this.#clock.now();
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.updated) / 1000) * perSecond);
    bucket.updated = now;
    return bucket.tokens;
  }
}

/** IPv4 as it is; IPv6 by its first four groups, since one host owns a whole /64. */
export function addressGroup(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
