import { WatchwordError } from '../../foundation/errors.ts';
import { parseDuration } from '../../foundation/time.ts';
import type { EventView } from './event-view.ts';

export interface SearchOptions {
  readonly operation?: string;
  readonly path?: string;
  readonly actor?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
  readonly request?: string;
}

/** @throws WatchwordError `client.usage` when a time cannot be read. */
export function eventFilter(options: SearchOptions, now: number): (event: EventView) => boolean {
  const { operation, path, actor, outcome, request } = options;
  const since = timeOf(options.since, '--since', now) ?? Number.NEGATIVE_INFINITY;
  const until = timeOf(options.until, '--until', now) ?? Number.POSITIVE_INFINITY;
  return (event) =>
    event.time >= since &&
    event.time <= until &&
    matchesOperation(event.operation, operation) &&
    matches(event.path, path) &&
    (outcome === undefined || event.outcome === outcome) &&
    (request === undefined || event.request === request) &&
    (actor === undefined || event.actorNames.some((name) => matches(name, actor)));
}

/** Exactly, or by the beginning when the pattern ends with `*`. */
function matches(value: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

/** As above; `*.login` fits by its end as well, since the same thing has one word after the point in every family. */
function matchesOperation(name: string, pattern: string | undefined): boolean {
  return pattern?.startsWith('*.') === true ? name.endsWith(pattern.slice(1)) : matches(name, pattern);
}

/** A point in time (`2026-01-31`, `2026-01-31T12:00:00Z`) or how long ago (`90m`, `2d`). */
function timeOf(text: string | undefined, where: string, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
  } else if (/^[\d.]+(ms|s|m|h|d)/.test(text)) return now - parseDuration(text, where) * 1_000;
  throw new WatchwordError('client.usage', `${where} takes a time such as 2026-01-31T12:00:00Z, or how long ago, such as 90m.`);
}
