import { type Content, NotScannable } from '../../content.ts';
import type { Origin, Sighting } from '../../sighting.ts';
import { problemOf } from './blob-names.ts';
import type { KeptSighting } from './kept-findings.ts';
import type { SecretNames } from './sweep.ts';

/** Larger contents are scanned again instead. */
const LARGEST = 16 * 1024 * 1024;
/** Secrets held at once, and the longest of them. */
const HELD = 1000;
const LONGEST = 4096;
const NOTHING = new Uint8Array(0);

/**
 * Puts the secrets back into sightings that were kept without them: reads them where they stood, and knows them by their names. Each is
 * read once and held until `close`.
 */
export class Recall {
  readonly #secrets: SecretNames;
  readonly #held = new Map<string, Uint8Array>();

  constructor(secrets: SecretNames) {
    this.#secrets = secrets;
  }

  /**
   * The sightings of a place; those that `isTold` are without their value. Undefined when a secret does not stand there as it is, as what
   * was decoded or unfolded does not: then the place has to be scanned.
   */
  async sightings(
    kept: readonly KeptSighting[],
    content: () => Content | undefined,
    origin: Origin,
    isTold: (secret: string, path: string) => boolean,
  ): Promise<[string, Sighting][] | undefined> {
    let bytes: Uint8Array | undefined;
    const found: [string, Sighting][] = [];
    for (const { secret, ...sighting } of kept) {
      let value: Uint8Array | undefined = NOTHING;
      if (!isTold(secret, sighting.path)) {
        value = copied(this.#held.get(secret));
        if (value === undefined) {
          bytes ??= await read(content);
          value = copied(bytes?.subarray(sighting.start.byte, sighting.end.byte));
          if (value === undefined || this.#secrets.of(sighting.detector, value) !== secret) return undefined;
          if (this.#held.size < HELD && value.length <= LONGEST) this.#held.set(secret, new Uint8Array(value));
        }
      }
      found.push([secret, { ...sighting, value, origin }]);
    }
    return found;
  }

  /** Zeroes what is held. */
  close(): void {
    for (const value of this.#held.values()) value.fill(0);
    this.#held.clear();
  }
}

/** Of a `Buffer`, `slice` would be a view. */
const copied = (bytes: Uint8Array | undefined): Uint8Array | undefined =>
  bytes === undefined ? undefined : new Uint8Array(bytes);

async function read(content: () => Content | undefined): Promise<Uint8Array | undefined> {
  try {
    const found = content();
    return found?.size === undefined || found.size > LARGEST ? undefined : await found.whole();
  } catch (error) {
    if (!(error instanceof NotScannable)) problemOf(error);
    return undefined;
  }
}
