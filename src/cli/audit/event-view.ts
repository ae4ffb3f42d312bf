import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';

/** What people look for in an event; empty where an event does not say. */
export interface EventView {
  readonly index: number;
  readonly time: number;
  readonly operation: string;
  readonly path: string;
  /** How the actor is shown, and every name under which it can be searched. */
  readonly actor: string;
  readonly actorNames: readonly string[];
  /** `nothing` for a read that was allowed and found nothing to give. */
  readonly outcome: string;
  /** Why a login was refused. */
  readonly reason: string;
  readonly phase: string;
  readonly request: string;
}

/** Undefined when the line is not an event. */
export function viewOf(line: Buffer): EventView | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isJsonObject(event)) return undefined;
  const metadata = object(event['metadata']);
  const actor = object(event['actor']);
  const user = object(actor['user']);
  const resources = event['resources'];
  const unmapped = object(event['unmapped']);
  const names = [user['name'], user['uid'], object(actor['session'])['uid']].map(text).filter((name) => name !== '');
  return {
    index: number(metadata['sequence']),
    time: number(event['time']),
    operation: text(object(event['api'])['operation']),
    path: text(object(Array.isArray(resources) ? resources[0] : undefined)['name']),
    actor: names[0] ?? '',
    actorNames: names,
    outcome: outcomeOf(unmapped),
    reason: text(event['status_detail']),
    phase: text(unmapped['phase']),
    request: text(metadata['uid']),
  };
}

function outcomeOf({ outcome, facts }: JsonObject): string {
  return outcome === 'success' && object(facts)['withheld'] === true ? 'nothing' : text(outcome);
}

const object = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

/** A log that was not verified may say anything: ECMAScript's dates end here. */
const LAST_DATE = 8.64e15;

export const eventColumns = ['Event', 'Time', 'Outcome', 'Operation', 'Actor', 'Path'] as const;

export function eventRow({ index, time, outcome, reason, phase, operation, actor, path }: EventView): string[] {
  const when = Math.abs(time) <= LAST_DATE ? new Date(time).toISOString() : '';
  const ended = reason === '' ? outcome : `${outcome}: ${reason}`;
  return [String(index), when, phase === 'intent' ? 'intent' : ended, operation, actor === '' ? '-' : actor, path];
}
