import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYSTEM_DEFAULT_TTL, SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import { type LifetimeRequest, lesser, lifetime } from './lifetime.ts';

const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
const ask = (request: Partial<LifetimeRequest>) =>
  lifetime({ wanted: 0, period: 0, explicitMaxTtl: 0, createdAt: 0, now: 0, config, ...request });

describe('a lifetime', () => {
  it('is what was asked for, or the default of the mount, or that of the system', () => {
    expect(ask({ wanted: 60 })).toEqual({ ttl: 60, warnings: [] });
    expect(ask({ config: { ...config, defaultTtl: 120 } }).ttl).toBe(120);
    expect(ask({}).ttl).toBe(SYSTEM_DEFAULT_TTL);
    expect(ask({ config: { ...config, maxTtl: 90 } })).toEqual({ ttl: 90, warnings: [] });
  });

  it('ends at the maximum of the mount, counted from the creation, and says so', () => {
    const short = { ...config, maxTtl: 3600 };
    expect(ask({ wanted: 7200, config: short })).toEqual({
      ttl: 3600,
      warnings: ['TTL of "2h0m0s" exceeded the effective max_ttl of "1h0m0s"; TTL value is capped accordingly'],
    });
    expect(ask({ wanted: 3600, config: short, now: 3_000_000 }).ttl).toBe(600);
    expect(ask({ wanted: 60, config: short, now: 4_000_000 }).ttl).toBe(0);
    expect(ask({ wanted: SYSTEM_MAX_TTL + 1 }).ttl).toBe(SYSTEM_MAX_TTL);
  });

  it('of a periodic token is its period each time, past every maximum but an explicit one', () => {
    const now = 10 * SYSTEM_MAX_TTL * 1000;
    expect(ask({ period: 60, wanted: 5, now })).toEqual({ ttl: 60, warnings: [] });
    expect(ask({ period: 60, explicitMaxTtl: 100, now: 70_000 }).ttl).toBe(30);
    expect(ask({ period: 7200, config: { ...config, maxTtl: 3600 } })).toEqual({
      ttl: 3600,
      warnings: ['period of "2h0m0s" exceeded the effective max_ttl of "1h0m0s"; period value is capped accordingly'],
    });
  });

  it('never passes an explicit maximum, whatever is asked and when', () => {
    const seconds = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(seconds, seconds, fc.integer({ min: 1, max: 10_000 }), seconds, (wanted, period, explicitMaxTtl, age) => {
        const { ttl } = ask({ wanted, period, explicitMaxTtl, now: age * 1000 });
        expect(ttl).toBeGreaterThanOrEqual(0);
        expect(ttl === 0 || age + ttl <= explicitMaxTtl).toBe(true);
      }),
    );
  });

  it('takes the lesser of two limits of which 0 is none', () => {
    expect([lesser(0, 0), lesser(0, 5), lesser(5, 0), lesser(5, 3)]).toEqual([0, 5, 5, 3]);
  });
});
