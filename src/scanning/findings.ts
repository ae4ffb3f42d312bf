import type { Confidence, Detector, Family } from './detector.ts';
import type { Fingerprinter } from './fingerprints.ts';
import { redacted, withoutValue } from './masking.ts';
import type { NotScanned, Origin, Position, ScanEvent, Sighting } from './sighting.ts';
import { SightingLimit } from './sighting-limit.ts';
import type { Liveness } from './verify/verifier.ts';

/** Why a sighting is not counted: somebody said so, with a reason. */
export interface Silence {
  readonly by: 'baseline' | 'inline';
  readonly reason: string;
  readonly owner?: string;
  /** ISO date; the last day on which it silences. */
  readonly expires?: string;
}

/** Where a secret was seen. */
export interface Place {
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
  readonly layers: readonly string[];
  readonly path: string;
  readonly address: string;
  readonly start: Position;
  readonly end: Position;
  readonly origin?: Origin;
  readonly silence?: Silence;
}

/** What a secret is. The secret itself is not in it. */
export interface Essence {
  readonly fingerprint: string;
  readonly detector: string;
  readonly provider: string;
  readonly title: string;
  readonly family: Family;
  /** Its first characters and `…`. */
  readonly redacted: string;
  /** Bytes. */
  readonly length: number;
  /** What its provider says, where it was asked. */
  readonly liveness?: Liveness;
}

/** One sighting without its secret. */
export interface Found extends Essence, Place {
  readonly kind: 'found';
  /** Only for `--show-secrets`: no report but the terminal's knows of it. */
  readonly secret?: string;
  /** What whoever looked at the sighting said of it. */
  readonly mark?: string;
}

export type ScanResult = Found | NotScanned;

export interface Disclosure {
  readonly detectors: ReadonlyMap<string, Detector>;
  readonly fingerprinter: Fingerprinter;
  /** A path without the credentials in it. */
  readonly maskPath: (path: string) => string;
  readonly silenceOf?: (fingerprint: string) => Silence | undefined;
  /** Looks at a sighting while it still holds its secret. */
  readonly markOf?: (sighting: Sighting) => string | undefined;
  /** Asks the provider; only for what nothing silences. */
  readonly livenessOf?: (detector: string, value: Uint8Array) => Promise<Liveness | undefined>;
  readonly showSecrets?: boolean;
}

/** Values in memory that wait for their fingerprint; more make the source wait. */
const AT_ONCE = 64;

/**
 * From sightings to what may be told: each value is replaced by its fingerprint and its first characters, and zeroed. In the order of
 * the events. Of one file only so much is told as `SightingLimit` allows; then that there is more.
 */
export async function* withoutSecrets(events: AsyncIterable<ScanEvent>, how: Disclosure): AsyncGenerator<ScanResult> {
  const limit = new SightingLimit(how.fingerprinter);
  const waiting: Promise<ScanResult>[] = [];
  for await (const one of events) {
    const event = one.kind === 'sighting' ? limit.passes(one) : one;
    if (event === undefined) continue;
    const result = event.kind === 'sighting' ? disclosed(event, how) : Promise.resolve(maskedProblem(event, how));
    // Failures are met when it is this one's turn.
    result.catch(() => undefined);
    waiting.push(result);
    if (waiting.length >= AT_ONCE) yield await (waiting.shift() as Promise<ScanResult>);
  }
  for (const result of waiting) yield await result;
}

const maskedProblem = ({ kind, path, reason }: NotScanned, { maskPath }: Disclosure): NotScanned => ({
  kind,
  path: maskPath(path),
  reason: maskPath(reason),
});

async function disclosed(sighting: Sighting, how: Disclosure): Promise<Found> {
  const { value, detector: id, ignored } = sighting;
  const detector = how.detectors.get(id);
  const mark = how.markOf?.(sighting);
  const fingerprint = await how.fingerprinter.of(value);
  const mask = (text: string): string => how.maskPath(withoutValue(text, value));
  const silence = ignored === undefined || ignored === '' ? how.silenceOf?.(fingerprint) : inline(ignored, value);
  const liveness = silence === undefined ? await how.livenessOf?.(id, value) : undefined;
  const found: Found = {
    kind: 'found',
    fingerprint,
    detector: id,
    provider: detector?.provider ?? 'unknown',
    title: detector?.title ?? id,
    family: detector?.family ?? 'generic',
    redacted: redacted(value),
    length: value.length,
    ...(liveness === undefined ? {} : { liveness }),
    confidence: sighting.confidence,
    reasons: reasonsOf(sighting).map((reason) => withoutValue(reason, value)),
    layers: sighting.layers,
    path: mask(sighting.path),
    address: mask(sighting.address),
    start: sighting.start,
    end: sighting.end,
    ...(sighting.origin === undefined ? {} : { origin: maskedOrigin(sighting.origin, value) }),
    ...(silence === undefined ? {} : { silence }),
    ...(how.showSecrets === true ? { secret: Buffer.from(value).toString('utf8') } : {}),
    ...(mark === undefined ? {} : { mark }),
  };
  value.fill(0);
  return found;
}

const inline = (reason: string, value: Uint8Array): Silence => ({ by: 'inline', reason: withoutValue(reason, value) });

const reasonsOf = ({ reasons, ignored }: Sighting): readonly string[] =>
  ignored === '' ? [...reasons, 'watchword:ignore without a reason does not count'] : reasons;

function maskedOrigin(origin: Origin, value: Uint8Array): Origin {
  return origin.author === undefined ? origin : { ...origin, author: withoutValue(origin.author, value) };
}
