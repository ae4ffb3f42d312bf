import { WatchwordError } from '../foundation/errors.ts';
import { MAX_EVENT_BYTES } from '../transparency/log-format.ts';
import type { AuditRecord, Facts } from './contract.ts';
import { encodeEvent } from './encode-event.ts';

/** What an outcome may say beyond its intent, after {@link shortened}. */
const OUTCOME_BYTES = 16 * 1024;
const SHORT_FACT = 64;

/**
 * The line of an event, within what an event may hold. Only an intent, or a read that is about to be answered, is refused for its
 * size: nothing has happened then. Whatever says how a request ended is shortened instead, and every intent leaves room for that;
 * or one request could leave an intent behind that nothing can end, and no start would get past it.
 * @throws WatchwordError `request.too-large`
 */
export function eventLine(record: AuditRecord, index: number): string {
  const line = encodeEvent(record, index);
  if (isWithin(line, record.phase === 'intent' ? MAX_EVENT_BYTES - OUTCOME_BYTES : MAX_EVENT_BYTES)) return line;
  const ends = record.phase === 'outcome' || (record.phase === 'complete' && record.outcome !== 'success');
  const short = ends ? encodeEvent(shortened(record), index) : line;
  if (ends && isWithin(short, MAX_EVENT_BYTES)) return short;
  throw new WatchwordError('request.too-large', 'the event of this request is larger than one may be');
}

function isWithin(line: string, most: number): boolean {
  return line.length * 3 <= most || Buffer.byteLength(line) <= most;
}

/** Without digests, lists and long texts; the intent has those that came with the request. */
function shortened(record: AuditRecord): AuditRecord {
  const isShort = ([, fact]: [string, Facts[string]]) =>
    typeof fact === 'string' ? fact.length <= SHORT_FACT : !Array.isArray(fact);
  const facts = Object.fromEntries(Object.entries(record.facts ?? {}).filter(isShort));
  return { ...record, facts: { ...facts, shortened: true }, requestDigests: undefined, responseDigests: undefined };
}
