import type { SigningAlgorithm, SigningKey } from './signing-key.ts';

/** A pair of keys and its time. Milliseconds since the epoch. */
export interface ScheduledKey {
  readonly key: SigningKey;
  /** It signs from here on, until the next one does. */
  readonly signsFrom: number;
  /** When it leaves the key set, once that is settled. */
  readonly publishedUntil?: number;
}

/** What a key is told by those who administer it. Durations are seconds. */
export interface KeySettings {
  readonly algorithm: SigningAlgorithm;
  readonly rotationPeriod: number;
  /** How long a key that signs no more stays in the key set. */
  readonly verificationTtl: number;
  /** Client ids of the roles that may sign with it; `*` = all. */
  readonly allowedClientIds: readonly string[];
}

/**
 * A key by its name: pairs in the order in which they sign. The clock alone says which of them signs, so that a server that did
 * not run when one became due, or that died on the way, signs with the right one all the same. There is always one of the future,
 * published long before it signs.
 */
export interface NamedKey extends KeySettings {
  readonly keys: readonly ScheduledKey[];
}

/** A new key waits at least so long before it signs, as far as its rotation period allows; verifiers have it by then. */
const LONGEST_LEAD_MS = 600_000;
const LONGEST_CACHE_SECONDS = 300;

const signing = ({ keys }: NamedKey, now: number) => keys.findLastIndex(({ signsFrom }) => signsFrom <= now);

/** The key that signs at that time; undefined only where a row was made by nobody of ours. */
export function signingKeyAt(named: NamedKey, now: number): SigningKey | undefined {
  return named.keys[signing(named, now)]?.key;
}

/** What verifiers must know at that time. */
export function publishedKeysAt(named: NamedKey, now: number): readonly SigningKey[] {
  return settled(named, now).keys.map(({ key }) => key);
}

/** Whether a new key must be made, or an old one taken out. */
export function isDue(named: NamedKey, now: number): boolean {
  return needsNext(named, now) || settled(named, now).keys.length < named.keys.length;
}

/** Whether there is no key for the time after the one that signs. */
export function needsNext(named: NamedKey, now: number): boolean {
  return signing(named, now) === named.keys.length - 1;
}

/** Seconds for which a verifier may keep the key set: a small part of the time for which new keys wait. */
export function cacheSeconds(keys: readonly NamedKey[]): number {
  return Math.min(LONGEST_CACHE_SECONDS, ...keys.map(({ rotationPeriod }) => Math.floor(rotationPeriod / 4)));
}

/** With two new pairs: one signs now, the other waits. */
export function newNamedKey(settings: KeySettings, [first, second]: readonly [SigningKey, SigningKey], now: number): NamedKey {
  const next = { key: second, signsFrom: now + settings.rotationPeriod * 1000 };
  return { ...settings, keys: [{ key: first, signsFrom: now }, next] };
}

/** What is due at that time: with `next`, needed where {@link needsNext} says so, a key for the time after. */
export function maintained(named: NamedKey, next: SigningKey | undefined, now: number): NamedKey {
  const { keys } = settled(named, now);
  const last = keys.at(-1);
  if (next === undefined || last === undefined) return { ...named, keys };
  return { ...named, keys: [...keys, { key: next, signsFrom: after(last, named, now) }] };
}

/** The waiting key signs from now on, and `next` waits. @param verificationTtl seconds, of the key that signs no more */
export function rotated(named: NamedKey, next: SigningKey, now: number, verificationTtl = named.verificationTtl): NamedKey {
  const at = signing(named, now);
  const keys = named.keys.map((scheduled, index) => {
    if (index === at) return { ...scheduled, publishedUntil: now + verificationTtl * 1000 };
    return index === at + 1 ? { ...scheduled, signsFrom: now } : scheduled;
  });
  // Where none waits, because it was not made in time, the new one does not wait either.
  const signsFrom = needsNext(named, now) ? now : now + named.rotationPeriod * 1000;
  return settled({ ...named, keys: [...keys, { key: next, signsFrom }] }, now);
}

/** Other settings for the same keys. With another algorithm two new pairs follow those that there are at once. */
export function resettled(
  named: NamedKey,
  settings: KeySettings,
  fresh: readonly [SigningKey, SigningKey] | undefined,
  now: number,
): NamedKey {
  const { keys } = settled(named, now);
  if (fresh === undefined) {
    const at = signing({ ...named, keys }, now);
    const current = keys[at];
    const moved = keys.map((scheduled, index) =>
      index > at && current !== undefined ? { ...scheduled, signsFrom: after(current, settings, now) } : scheduled,
    );
    return { ...settings, keys: settings.rotationPeriod === named.rotationPeriod ? keys : moved };
  }
  const publishedUntil = now + Math.max(named.verificationTtl, settings.verificationTtl) * 1000;
  const before = keys.filter(({ signsFrom }) => signsFrom <= now).map((scheduled) => ({ publishedUntil, ...scheduled }));
  return { ...settings, keys: [...before, ...newNamedKey(settings, fresh, now).keys] };
}

/** When the key after this one signs. */
function after({ signsFrom }: ScheduledKey, { rotationPeriod }: KeySettings, now: number): number {
  const lead = Math.min(LONGEST_LEAD_MS, (rotationPeriod * 1000) / 2);
  return Math.max(signsFrom + rotationPeriod * 1000, now + lead);
}

/** The keys that are published, and until when. */
function settled(named: NamedKey, now: number): NamedKey {
  const at = signing(named, now);
  const keys = named.keys.map((scheduled, index): ScheduledKey => {
    const successor = named.keys[index + 1];
    if (index >= at || successor === undefined || scheduled.publishedUntil !== undefined) return scheduled;
    return { ...scheduled, publishedUntil: successor.signsFrom + named.verificationTtl * 1000 };
  });
  // One that still signs is published whatever its row says.
  return {
    ...named,
    keys: keys.filter(({ publishedUntil }, index) => index >= at || publishedUntil === undefined || publishedUntil > now),
  };
}
