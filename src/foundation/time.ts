import { WatchwordError } from './errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)/y;
/** Go's time.Duration ends at 2^63-1 ns, about 292 years. */
const MAX_SECONDS = 9_223_372_036;

/**
 * Reads a duration in any form that Vault takes: seconds as a number or a digit string, or Go's notation
 * with days (`1h30m`, `2d`, `250ms`). Gives seconds, possibly fractional.
 * @throws WatchwordError `request.invalid` naming `where`.
 */
export function parseDuration(value: unknown, where: string): number {
  const seconds = typeof value === 'number' ? value : typeof value === 'string' ? fromText(value.trim()) : Number.NaN;
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_SECONDS) {
    throw new WatchwordError('request.invalid', `${where} is not a duration (use seconds, or a form such as 1h30m)`, { where });
  }
  return seconds;
}

function fromText(text: string): number {
  if (text === '') return 0;
  const negative = text.startsWith('-');
  const body = negative || text.startsWith('+') ? text.slice(1) : text;
  if (/^\d{1,12}$/.test(body)) return (negative ? -1 : 1) * Number(body);
  if (body.length > 64) return Number.NaN;
  let ms = 0;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < body.length) {
    const term = TERM.exec(body);
    if (term === null) return Number.NaN;
    ms += Number(term[1]) * (UNIT_MS[term[2] ?? ''] ?? Number.NaN);
  }
  return body === '' ? Number.NaN : ((negative ? -1 : 1) * ms) / 1000;
}

/** Go's Duration.String for whole and fractional seconds: `0s`, `3h25m19s`, `1m0s`, `1.5s`, `250ms`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  const sign = seconds < 0 ? '-' : '';
  const nanos = BigInt(Math.round(Math.abs(seconds) * 1e9));
  if (nanos < 1_000n) return `${sign}${nanos}ns`;
  if (nanos < 1_000_000n) return `${sign}${decimal(nanos, 1_000n)}µs`;
  if (nanos < 1_000_000_000n) return `${sign}${decimal(nanos, 1_000_000n)}ms`;
  const total = nanos / 1_000_000_000n;
  const hours = total / 3600n;
  const minutes = (total / 60n) % 60n;
  const rest = decimal(nanos % 60_000_000_000n, 1_000_000_000n);
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}s`;
  return minutes > 0n ? `${sign}${minutes}m${rest}s` : `${sign}${rest}s`;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`;
}

/** RFC 3339 in UTC; `undefined` gives the empty string, as Vault prints "never". */
export function formatTime(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString();
}
